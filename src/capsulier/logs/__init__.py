"""Reading what programs wrote: last lines, any line, ranges, search, follow, both streams by time. Writes no log
itself.

Every read is bounded in bytes, so that neither ten gigabytes nor one endless line costs memory. Lines end at `\\n` and
nowhere else; a last line without one is a line. Offsets are bytes of the file as the program wrote it; masking and
cutting never move them.
"""
