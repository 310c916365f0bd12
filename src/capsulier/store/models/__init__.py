from capsulier.store.models.alert import Alert, Channel, Mute, Occasion
from capsulier.store.models.attempts import Attempts, Noted
from capsulier.store.models.change import Change
from capsulier.store.models.engine import SeenEngine
from capsulier.store.models.execution import Execution
from capsulier.store.models.installation import Figures, Installation, Lease
from capsulier.store.models.job import Job, Version
from capsulier.store.models.package import Package
from capsulier.store.models.people import Invitation, Membership, SignInLink, Token, User
from capsulier.store.models.platform import Platform
from capsulier.store.models.schedule import Fire, Schedule
from capsulier.store.models.variable import Variable

__all__ = [
    "Alert",
    "Attempts",
    "Change",
    "Channel",
    "Execution",
    "Figures",
    "Fire",
    "Installation",
    "Invitation",
    "Job",
    "Lease",
    "Membership",
    "Mute",
    "Noted",
    "Occasion",
    "Package",
    "Platform",
    "Schedule",
    "SeenEngine",
    "SignInLink",
    "Token",
    "User",
    "Variable",
    "Version",
]
