"""The REST API: HTTP only, over the operations of the screens (docs/dev/api.md)."""
