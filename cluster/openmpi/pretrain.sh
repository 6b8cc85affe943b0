#!/usr/bin/env bash
# Pre-trains on several hosts that you reach by ssh without a password; called again, it continues.
#
# usage: HOSTFILE=hosts RANKS=4 CORES=8 cluster/openmpi/pretrain.sh [options of pretrain]
#
# ---- Settings: here, or by environment --------------------------------------------------------
# One line per host, with the number of ranks it takes: `node1 slots=2`.
hostfile=${HOSTFILE:?name the file of hosts}
# Ranks in all, which should divide `shards` (8). One a socket is a good start.
ranks=${RANKS:?say how many ranks}
# Cores of a rank, on which it runs its threads.
cores=${CORES:?say how many cores}
# The network between the hosts, such as 10.0.0.0/8; Open MPI chooses unless given.
network=${NETWORK:-}
program=${REFERS_MPI_PROGRAM:-refers-mpi}
# The same at every call: what it continues from.
output=${OUTPUT:-runs/pretrain}
# How often to start again, from the last checkpoint, after a rank or a host was lost.
restarts=${RESTARTS:-0}
# -----------------------------------------------------------------------------------------------
set -uo pipefail
# What the run prints is the user's alone, as its files are.
umask 077

program=$(command -v "$program") || {
  echo "error: ${REFERS_MPI_PROGRAM:-refers-mpi} is not on the path; scripts/install puts it there" >&2
  exit 1
}
# A lost host ends the run within seconds rather than never.
launch=(mpirun --hostfile "$hostfile" -np "$ranks" --map-by "slot:PE=$cores" --bind-to core
  --mca oob_tcp_keepalive_time 30 --mca oob_tcp_keepalive_intvl 5
  --mca oob_tcp_keepalive_probes 3)
if [ -n "$network" ]; then
  launch+=(--mca btl_tcp_if_include "$network" --mca oob_tcp_if_include "$network")
fi
# ssh passes no variables on, and one BLAS kernel is to serve all hosts.
for variable in ONEDNN_MAX_CPU_ISA OPENBLAS_CORETYPE; do
  if [ -n "${!variable:-}" ]; then launch+=(-x "$variable"); fi
done

# From USR1 all ranks save and end with 75. TERM goes on as USR1: mpirun would give its ranks a
# second to live.
launcher='' asked=''
trap 'asked=1; [ -z "$launcher" ] || kill -USR1 "$launcher" 2> /dev/null' USR1 TERM

while :; do
  "${launch[@]}" "$program" pretrain --resume last --output "$output" "$@" &
  launcher=$!
  # A trap ends `wait` before the launcher ends.
  while kill -0 "$launcher" 2> /dev/null; do wait "$launcher"; done
  wait "$launcher"
  status=$?
  # Killed while it was asked to end, before it could listen: the next call goes on.
  if [ "$status" -gt 128 ] && [ -n "$asked" ]; then status=75; fi
  # Above 128: killed. What the program itself found wrong would be found again.
  if [ "$status" -le 128 ] || [ -n "$asked" ] || [ "$restarts" -le 0 ]; then exit "$status"; fi
  restarts=$((restarts - 1))
  echo "$(date '+%F %T') ended with $status; starting again from the last checkpoint" >&2
  sleep 5
done
