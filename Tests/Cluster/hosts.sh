#!/usr/bin/env bash
# Two hosts, h1 and h2, out of one machine: each has a network, a name and shared memory of its own
# and an sshd; a cable joins them. They live as long as their sshd.
#
# usage: hosts.sh start FOLDER           FOLDER/ssh_config then says how to reach them
#        hosts.sh on FOLDER h1 COMMAND   runs a command on a host
#        hosts.sh stop FOLDER
#
# Ends with 77, saying why, where they cannot be made.
set -euo pipefail

cannot() {
  printf '%s\n' "$*"
  exit 77
}

[ $# -ge 2 ] || {
  sed -n '5,7s/^# //p' "$0" >&2
  exit 64
}
action=$1 folder=$2
shift 2
# Debian keeps sshd and ip where only root looks.
PATH=$PATH:/usr/sbin:/sbin

# Becomes the sshd of a host, in namespaces of its own. It must be started by its whole path.
host() {
  hostname "$1"
  mount --bind "$folder/hosts" /etc/hosts
  mount -t tmpfs tmpfs /dev/shm
  mount -t tmpfs tmpfs /run
  mkdir -p /run/sshd
  exec "$(command -v sshd)" -D -f "$folder/sshd_config" -E "$folder/$1.log"
}

# Runs a command on a host, in the folder of the caller, which entering a host forgets.
inside() {
  nsenter --target "$(< "$folder/$1.pid")" --net --uts --mount --wd="$PWD" "${@:2}"
}

start() {
  [ "$(id -u)" -eq 0 ] || cannot "Only root makes hosts out of namespaces."
  local program name number
  for program in sshd ssh ip unshare nsenter; do
    command -v "$program" > /dev/null ||
      cannot "$program is not installed: apt-get install openssh-server openssh-client iproute2"
  done
  unshare --net --uts --mount true 2> /dev/null || cannot "Namespaces are not allowed here."
  mkdir -p "$folder"
  ssh-keygen -q -t ed25519 -N '' -f "$folder/key"
  ssh-keygen -q -t ed25519 -N '' -f "$folder/host_key"
  printf '127.0.0.1 localhost\n10.99.0.1 h1\n10.99.0.2 h2\n' > "$folder/hosts"
  cat > "$folder/sshd_config" << TEXT
Port 2222
HostKey $folder/host_key
AuthorizedKeysFile $folder/key.pub
StrictModes no
UsePAM no
PidFile none
TEXT
  cat > "$folder/ssh_config" << TEXT
Host *
  Port 2222
  IdentityFile $folder/key
  IdentitiesOnly yes
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
TEXT
  for name in h1 h2; do
    # Before its sshd, a host is this script, waiting to be called by a name.
    unshare --net --uts --mount "$0" become "$folder" "$name" > /dev/null 2>&1 < /dev/null &
    printf '%s\n' $! > "$folder/$name.pid"
  done
  local _
  for _ in {1..40}; do
    [ -e "$folder/h1.log" ] && [ -e "$folder/h2.log" ] && break
    sleep 0.1
  done
  ip link add eth0 netns "$(< "$folder/h1.pid")" type veth \
    peer name eth0 netns "$(< "$folder/h2.pid")"
  for number in 1 2; do
    inside "h$number" ip address add "10.99.0.$number/24" dev eth0
    inside "h$number" ip link set eth0 up
    inside "h$number" ip link set lo up
  done
  for _ in {1..40}; do
    ! inside h1 ssh -F "$folder/ssh_config" -o ConnectTimeout=1 h2 true 2> /dev/null || return 0
    sleep 0.1
  done
  stop
  cannot "h2 cannot be reached: $(tail -n 2 "$folder/h2.log")"
}

stop() {
  local file
  for file in "$folder"/h[12].pid; do
    [ ! -s "$file" ] || kill "$(< "$file")" 2> /dev/null || true
  done
}

case $action in
  start) start ;;
  become) host "$1" ;;
  # Signals are to reach the command.
  on) exec nsenter --target "$(< "$folder/$1.pid")" --net --uts --mount --wd="$PWD" "${@:2}" ;;
  stop) stop ;;
  *) exit 64 ;;
esac
