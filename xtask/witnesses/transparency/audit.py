"""Checks an export of the transparency log with aics-tlog, a verifier that this project did not write.

audit.py FOLDER VERIFIER_KEY [OLD_CHECKPOINT]

Prints "ok SIZE", or one line that says what is wrong, and exits with 1.
"""

import sys
from pathlib import Path

from aics_tlog import FileSystemTileReader, audit_tiles, consistency_proof_from_tiles
from aics_tlog import parse_checkpoint, parse_note, parse_vkey, verify_checkpoint, verify_consistency


def checkpoint(file, key):
    note = parse_note(Path(file).read_text(encoding="utf-8"))
    result = verify_checkpoint(note, key, expected_origin=key.name)
    if not result.ok:
        raise ValueError(f"{file}: {result.error}")
    return parse_checkpoint(note.text)


def main(folder, key, old=None):
    key = parse_vkey(key)
    reader = FileSystemTileReader(folder)
    new = checkpoint(Path(folder) / "checkpoint", key)
    audit_tiles(reader, new.size, new.root)
    if old is not None:
        old = checkpoint(old, key)
        if old.size > new.size:
            raise ValueError(f"the tail is cut: {old.size} leaves before, {new.size} now")
        proof = consistency_proof_from_tiles(reader, old.size, new.size)
        if not verify_consistency(old.size, new.size, old.root, new.root, proof):
            raise ValueError("the log is forked: it does not continue the old checkpoint")
    return new.size


if __name__ == "__main__":
    try:
        print("ok", main(*sys.argv[1:]))
    except Exception as problem:
        print(f"{type(problem).__name__}: {problem}")
        sys.exit(1)
