"""Reading what programs wrote: last lines, any line, ranges, search, follow, both streams by time. Of logs that are
over it makes packed ones; it writes no other.

Every read is bounded in bytes, so that neither ten gigabytes nor one endless line costs memory. Lines end at `\\n` and
nowhere else; a last line without one is a line. Offsets are bytes of the file as the program wrote it; masking and
cutting never move them.
"""
