"""Re-exports the enumerations for screens, which must not import the database.

They are defined in `db.enums`, because tables use them and the database imports no other layer.
"""

from db.enums import ApplicantKind as ApplicantKind
from db.enums import CaseState as CaseState
from db.enums import ChecklistValue as ChecklistValue
from db.enums import CreditList as CreditList
from db.enums import CreditMatch as CreditMatch
from db.enums import DayStatus as DayStatus
from db.enums import DocumentKind as DocumentKind
from db.enums import FailKind as FailKind
from db.enums import IdType as IdType
from db.enums import Measure as Measure
from db.enums import PanelKind as PanelKind
from db.enums import Priority as Priority
from db.enums import Quality as Quality
from db.enums import Risk as Risk
from db.enums import Role as Role
from db.enums import ServiceClass as ServiceClass
from db.enums import Severity as Severity
from db.enums import Verdict as Verdict
from db.enums import VerificationKind as VerificationKind
from db.enums import WaitsFor as WaitsFor
