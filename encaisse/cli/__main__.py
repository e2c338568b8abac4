"""`python -m encaisse.cli`: how `encaisse` and its child processes are started."""

from encaisse.cli import main

if __name__ == "__main__":
    main(prog_name="encaisse")
