#!/usr/bin/env bash
# A Slurm of this machine alone, to test job scripts with: two nodes of one core on the loopback
# interface, all its files in one folder, no systemd, no accounting.
#
# usage: slurm.sh start FOLDER [LINE OF slurm.conf]...   (then: export SLURM_CONF=FOLDER/slurm.conf)
#        slurm.sh stop FOLDER
#
# Ends with 77, saying why, where it cannot be started.
set -euo pipefail

cannot() {
  printf '%s\n' "$*"
  exit 77
}

[ $# -ge 2 ] || {
  sed -n '5,6s/^# //p' "$0" >&2
  exit 64
}
action=$1 folder=$2
shift 2
export SLURM_CONF=$folder/slurm.conf
# Debian keeps the daemons where only root looks.
PATH=$PATH:/usr/sbin:/sbin

# The daemons that run, by their files of process numbers; the last to start is the first to end.
running() {
  local file
  for file in "$folder"/slurmd.n2.pid "$folder"/slurmd.n1.pid "$folder"/slurmctld.pid \
    "$folder"/munge/pid; do
    if [ -s "$file" ] && kill -0 "$(< "$file")" 2> /dev/null; then cat "$file" 2> /dev/null || true; fi
  done
}

configuration() {
  local host port
  host=$(hostname -s)
  port=$((20000 + $$ % 10000))
  cat << TEXT
ClusterName=tests
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.%n.log
# Two nodes of one machine must not share the folders that MPI's start-up makes there.
TmpFS=$folder/tmp-%n
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,bf_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=20
MpiDefault=none
NodeName=n[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + 2))] CPUs=1
PartitionName=all Nodes=ALL Default=YES State=UP
TEXT
  printf '%s\n' "$@"
}

start() {
  [ "$(id -u)" -eq 0 ] || cannot "Slurm's daemons start as root alone."
  local program
  for program in munged slurmctld slurmd sbatch; do
    command -v "$program" > /dev/null ||
      cannot "$program is not installed: apt-get install slurmctld slurmd slurm-client munge"
  done
  # A daemon that keeps a file of its caller open keeps the caller waiting.
  local file
  for file in /proc/$$/fd/*; do
    case ${file##*/} in
      [012] | 255) ;;  # 255: this script
      *) eval "exec ${file##*/}>&-" ;;
    esac
  done
  mkdir -p "$folder"/{state,munge,spool-n1,spool-n2,tmp-n1,tmp-n2}
  chmod 700 "$folder"/munge
  # munged and slurmd trust no socket or key in folders that others may write to.
  (umask 077 && head -c 1024 /dev/urandom > "$folder"/munge/key)
  configuration "$@" > "$SLURM_CONF"
  munged --force --num-threads=2 --key-file="$folder"/munge/key --socket="$folder"/munge/socket \
    --pid-file="$folder"/munge/pid --log-file="$folder"/munge/log \
    --seed-file="$folder"/munge/seed
  slurmctld
  slurmd -N n1
  slurmd -N n2
  local _
  for _ in {1..60}; do
    [ "$(sinfo -h -o %T 2> /dev/null | sort -u)" != idle ] || return 0
    sleep 0.25
  done
  stop
  cannot "Slurm's nodes do not come up: $(tail -n 2 "$folder"/slurmd.n1.log)"
}

stop() {
  local process _
  # The processes of a job outlive slurmd.
  if [ -n "$(running)" ]; then
    scancel --signal=KILL --full --user=root 2> /dev/null || true
    for _ in {1..20}; do
      [ -n "$(squeue -h --states=running,completing 2> /dev/null)" ] || break
      sleep 0.25
    done
  fi
  for process in $(running); do kill "$process"; done
  for _ in {1..40}; do
    [ -n "$(running)" ] || return 0
    sleep 0.25
  done
  for process in $(running); do kill -KILL "$process"; done
}

case $action in
  start) start "$@" ;;
  stop) stop ;;
  *) exit 64 ;;
esac
