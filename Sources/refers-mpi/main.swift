print("refers-mpi")
