#!/usr/bin/env bash
# Pre-trains on several hosts that you reach by ssh without a password.
#
# usage: HOSTFILE=hosts RANKS=4 CORES=8 cluster/openmpi/pretrain.sh [options of pretrain]
#
#   HOSTFILE   one line per host, with the number of ranks it takes: `node1 slots=2`
#   RANKS      ranks in all; a divisor of `shards` shares the work evenly
#   CORES      cores of each rank
#   NETWORK    the network between the hosts, such as 10.0.0.0/8; Open MPI chooses unless given
set -euo pipefail

: "${HOSTFILE:?name the file of hosts}" "${RANKS:?say how many ranks}" "${CORES:?say how many cores}"
program=${REFERS_MPI_PROGRAM:-refers-mpi}
program=$(command -v "$program") || {
  echo "error: $program is not on the path; scripts/install puts it there" >&2
  exit 1
}

network=()
if [ -n "${NETWORK:-}" ]; then
  network=(--mca btl_tcp_if_include "$NETWORK" --mca oob_tcp_if_include "$NETWORK")
fi

# A lost host ends the run within seconds rather than never.
exec mpirun --hostfile "$HOSTFILE" -np "$RANKS" --map-by "slot:PE=$CORES" --bind-to core \
  --mca oob_tcp_keepalive_time 30 --mca oob_tcp_keepalive_intvl 5 \
  --mca oob_tcp_keepalive_probes 3 \
  "${network[@]}" "$program" pretrain "$@"
