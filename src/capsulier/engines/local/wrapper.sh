# Runs one placement: claims it, prepares it, runs its command and writes down its exit code.
#
#   sh wrapper.sh DIRECTORY BOOT_ID MACHINE_ID BEGAN_US OPEN_FILES SHELL COMMAND PLAIN AS [LABEL STEP]...
#
# The logs are opened here and inherited by the program: not a byte of theirs passes through anybody. The shell's own
# "Killed" is no word of the program: descriptor 2 stays nowhere, the program's stderr waits as 3, the claim as 4.
# Builtins only, one fork: this stands between "run" and the program's first instruction. Reading our start time
# from /proc was left out for that: dash reads byte by byte, and it took 0.4 of 2.6 ms.
# AS are words that become another account and go on with what follows them (see `accounts.py`); empty: what we start
# runs as we do.
# All of it is one group, which a shell reads to its end before it begins: an upgrade may replace this file meanwhile.
{
    cd "$1/work" || exit 74
    capsulier_directory=$1 capsulier_shell=$6 capsulier_command=$7 capsulier_plain=$8 capsulier_as=$9
    if [ $# -gt 9 ]; then capsulier_began=setup; else capsulier_began=$4; fi

    # noclobber opens with O_EXCL: of all who try, ever, one gets past this line. It stays open, for the exit code: its
    # block has room for that, whoever fills the disk, and it is ours, whatever the program puts in its place.
    # (`command`: without it, a shell that cannot open a file exits with a code of its own.)
    set -C
    command exec 4>"$1/claim" || exit 75
    printf '%s\n' "$$ $2 $3 $capsulier_began" >&4 || exit 75

    # Appended to and never truncated.
    command exec >>"$1/stdout.log" 3>>"$1/stderr.log" || exit 74

    # Caught here, back to default in what we start. A program may signal its whole group, us included.
    trap : HUP INT QUIT USR1 USR2 ALRM TERM
    ulimit -S -n "$5"
    unset OLDPWD

    shift 9
    while [ $# -gt 1 ]; do
        printf '%s\n' "> $1" >>"$capsulier_directory/setup.log"
        ( exec $capsulier_as "$capsulier_shell" -c "$2" >>"$capsulier_directory/setup.log" 2>&1 3>&- 4>&- )
        capsulier_code=$?
        if [ "$capsulier_code" -ne 0 ]; then
            printf '%s\n' "setup $capsulier_code $1" >&4
            exit "$capsulier_code"
        fi
        shift 2
    done
    if [ "$capsulier_began" = setup ]; then : >"$capsulier_directory/began"; fi

    if [ -n "$capsulier_plain" ]; then
        # A program and plain words: what a second shell would do with them can be done here, 0.6 ms sooner.
        ( exec $capsulier_as $capsulier_plain 2>&3 3>&- 4>&- )
    else
        ( exec $capsulier_as "$capsulier_shell" -c "$capsulier_command" 2>&3 3>&- 4>&- )
    fi
    capsulier_code=$?
    printf '%s\n' "exit $capsulier_code" >&4
    # For whoever finds it later: only our parent is told by the kernel. To the hundredth of a second.
    times >&4
    exit "$capsulier_code"
}
