"""Situations that ship with sitmon, as data, and the loader of any folder like theirs.

`docs/situations.md` describes the folder.
"""

from seed.cells import Problem
from seed.folder import Contents, FolderRefused, check, read
from seed.loading import Loaded, Shipped, folder_of, load, load_shipped, shipped
from seed.template import write_template

__all__ = [
    "Contents",
    "FolderRefused",
    "Loaded",
    "Problem",
    "Shipped",
    "check",
    "folder_of",
    "load",
    "load_shipped",
    "read",
    "shipped",
    "write_template",
]
