"""The FEC (fichier des écritures comptables, art. A.47 A-1 du livre des procédures fiscales)."""
