"""Where the collected static files are, and under which names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = r"""(?P<matched>(?P<word>\b(?:from|import)) "(?P<url>\.\.?/[^"]+\.js)")"""


class CollectedStorage(CompressedManifestStaticFilesStorage):
    """Compressed files named after their content; our modules import by these names.

    A module imported by its plain name would run a second time beside the page's own, and a
    browser that holds the old one would miss the new one. Django can rewrite imports, but in every
    file: it stops at an example in a comment of a library.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((_IMPORT, '%(word)s "%(url)s"'),)),
    )
