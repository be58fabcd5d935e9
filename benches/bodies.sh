#!/bin/sh
# All bodies of a mailbox with Postrider and with mbsync (Debian: isync, FSync off), from the same IMAP server in the
# same run: ratio, CPU seconds, peak memory. Prints figures, never fails by time.
#
#   benches/bodies.sh HOST PORT USER PASSWORD CA [MAILBOX=INBOX] [ROUNDS=3]
#
# The server speaks TLS on that port. POSTRIDER names the program (target/release/postrider).
set -eu
host=$1 port=$2 user=$3 password=$4 ca=$5 mailbox=${6:-INBOX} rounds=${7:-3}
here=$(cd "$(dirname "$0")/.." && pwd)
program=${POSTRIDER:-$here/target/release/postrider}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
measure=$work/measure.py
cat > "$measure" <<'PY'
import os, resource, subprocess, sys, time
start = time.monotonic()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
wall = time.monotonic() - start
use = resource.getrusage(resource.RUSAGE_CHILDREN)
if status:
    sys.exit(f"{sys.argv[1]} failed with {status}")
print(f"{wall:.2f} {use.ru_utime + use.ru_stime:.2f} {use.ru_maxrss / 1024:.0f}")
PY
cat > "$work/mbsyncrc" <<RC
FSync no

IMAPStore server
Host $host
Port $port
User $user
Pass $password
SSLType IMAPS
CertificateFile $ca
SystemCertificates no
AuthMechs PLAIN

MaildirStore local
Path $work/maildir/
Inbox $work/maildir/INBOX

Channel all
Far :server:$mailbox
Near :local:copy
Sync PullNew
Create Near
SyncState *
RC
ours() {
    rm -rf "$work/profile"
    "$program" --profile "$work/profile" account add --email bench@example.org --user "$user" \
        --imap "$host:$port" --security tls --ca "$ca" --password-command "echo '$password'" \
        > /dev/null
    python3 "$measure" "$program" --profile "$work/profile" sync --mailbox "$mailbox" "$@"
}
theirs() {
    rm -rf "$work/maildir"
    mkdir -p "$work/maildir"
    python3 "$measure" mbsync -q -c "$work/mbsyncrc" all
}
echo "round  program     wall s  CPU s  peak MiB"
round=1
while [ "$round" -le "$rounds" ]; do
    # In turns, so that both meet the same warmth of caches and the same other work on the machine.
    theirs > "$work/theirs.$round"
    echo "$round      mbsync     $(cat "$work/theirs.$round")"
    ours --bodies > "$work/ours.$round"
    echo "$round      postrider  $(cat "$work/ours.$round")"
    round=$((round + 1))
done
du -sk "$work/maildir" "$work/profile" | awk '{ print $1 / 1024 " MiB on disk" }'
ours --headers > "$work/headers"
echo "       headers    $(cat "$work/headers")"
awk 'FILENAME ~ /ours/ { ow[++o] = $1; oc += $2 } FILENAME ~ /theirs/ { tw[++t] = $1; tc += $2 }
    END { for (n = 1; n <= o; n++) { r = ow[n] / tw[n]; if (n == 1 || r < best) best = r; sum += r }
    printf "wall, postrider to mbsync: mean %.2f, best %.2f; CPU: %.2f\n", sum / o, best, oc / tc }' \
    "$work"/theirs.[0-9]* "$work"/ours.[0-9]*
