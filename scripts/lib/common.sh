# shellcheck shell=bash
# What the scripts share: where the project is, what it needs, how long a step took.
# To be sourced, after `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit

mpi=${REFERS_MPI:-ompi-c}
case $mpi in
  mpich*) mpi_packages=(mpich libmpich-dev) ;;
  *) mpi_packages=(openmpi-bin libopenmpi-dev) ;;
esac
packages=("${mpi_packages[@]}" libopenblas-dev libturbojpeg0-dev libspng-dev libxml2-dev zlib1g-dev pkg-config)

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# step TITLE: says what begins.
step() {
  printf '\n== %s\n' "$*"
  step_began=$SECONDS
}

# done_step: says how long it took.
done_step() {
  printf -- '-- %d s\n' "$((SECONDS - step_began))"
}

# Runs a command as root, by sudo where one is not.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    fail "as root, run: $*"
  fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@"
}

# missing_packages PACKAGE...: those of them that are not installed.
missing_packages() {
  local package state
  for package in "$@"; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2> /dev/null || true)
    [ "$state" = installed ] || printf '%s\n' "$package"
  done
}

# Installs the Debian packages that are missing; elsewhere, asks only that pkg-config finds them.
install_packages() {
  if ! command -v apt-get > /dev/null || ! command -v dpkg-query > /dev/null; then
    pkg-config --exists "$mpi" openblas libturbojpeg spng libxml-2.0 zlib ||
      fail "pkg-config does not find all of: $mpi openblas libturbojpeg spng libxml-2.0 zlib." \
        "Install them; on Debian they are: ${packages[*]}"
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages "${packages[@]}")
  [ ${#missing[@]} -gt 0 ] || return 0
  step "Installing Debian packages: ${missing[*]}"
  local package install
  for package in "${missing[@]}"; do
    apt-cache show "$package" > /dev/null 2>&1 || {
      apt_get update
      break
    }
  done
  install=(install -y --no-install-recommends "${missing[@]}")
  apt_get "${install[@]}" > /dev/null || {
    apt_get update
    apt_get "${install[@]}" > /dev/null
  }
  done_step
}

require_swift() {
  command -v swift > /dev/null ||
    fail "Swift is not on the path. Install 6.3 or later: https://www.swift.org/install/linux/"
}

# The launcher that belongs to the MPI of the build.
launcher() {
  case $mpi in
    mpich*) command -v mpirun.mpich || command -v mpirun ;;
    *) command -v mpirun.openmpi || command -v mpirun ;;
  esac || fail "mpirun is not on the path."
}

# Lets mpirun start here: as root, in a container, and with more ranks than cores.
prepare_launcher() {
  if [ "$(id -u)" -eq 0 ]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
  if [ -e /.dockerenv ] || [ -e /run/.containerenv ]; then
    # Containers forbid one process to read another's memory; ranks then copy twice.
    export OMPI_MCA_btl_vader_single_copy_mechanism=none
  fi
  export OMPI_MCA_rmaps_base_oversubscribe=1
}
