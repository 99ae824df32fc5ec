"""Why did the system refuse a file? Its numbers of errors, as sentences that can be said in any language."""

import errno

from cauce.standards.messages import Message

__all__ = ["reason_of_disk"]

_REASONS = {
    errno.ENOENT: Message("it is not there"),
    errno.EACCES: Message("there is no permission for it"),
    errno.EPERM: Message("there is no permission for it"),
    errno.ENOSPC: Message("the disk is full"),
    errno.EDQUOT: Message("the disk is full"),
    errno.EROFS: Message("the disk may only be read"),
    errno.EISDIR: Message("it is a folder"),
    errno.ENOTDIR: Message("a part of its path is no folder"),
    errno.EEXIST: Message("it is there already"),
    errno.ENOTEMPTY: Message("the folder is not empty"),
    errno.ENAMETOOLONG: Message("its name is too long"),
    errno.ELOOP: Message("its symbolic links lead in a circle"),
    errno.EMFILE: Message("too many files are open"),
    errno.EIO: Message("the disk has a fault"),
}


def reason_of_disk(fault: OSError) -> Message:
    """The reason that the system gave.

    In
        fault   what the system raised
    Out
        Message

    >>> str(reason_of_disk(FileNotFoundError(2, "No such file or directory"))), str(reason_of_disk(OSError(999, "?")))
    ('it is not there', 'error 999 of the system')
    """
    if fault.errno is None:
        return Message("it gave no reason")
    return _REASONS.get(fault.errno, Message("error {number} of the system", number=str(fault.errno)))
