"""What values look like in the API: texts without control characters, plausible days, money."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

# No database keeps a null, and no screen shows the others.
_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
_NAME = r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$"

Code = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=_NAME)]
SourceId = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=_NAME)]
Text20 = Annotated[str, StringConstraints(max_length=20, pattern=_LINE)]
Text40 = Annotated[str, StringConstraints(max_length=40, pattern=_LINE)]
Text80 = Annotated[str, StringConstraints(max_length=80, pattern=_LINE)]
Text120 = Annotated[str, StringConstraints(max_length=120, pattern=_LINE)]
Text160 = Annotated[str, StringConstraints(max_length=160, pattern=_LINE)]
Text200 = Annotated[str, StringConstraints(max_length=200, pattern=_LINE)]
Email = Annotated[str, StringConstraints(max_length=254, pattern=_LINE)]
Lines = Annotated[str, StringConstraints(max_length=4000, pattern=_LINES)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]

# Plans and terms look some years before and after a day.
Day = Annotated[date, Field(ge=date(1950, 1, 1), le=date(2099, 12, 31))]
# Minor units of the currency: cents of euro.
Minor = Annotated[int, Field(ge=-(10**15), le=10**15)]
Positive = Annotated[int, Field(ge=1, le=10**15)]
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
