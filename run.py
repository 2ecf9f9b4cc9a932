"""Command line of the compute-divide simulator: ``python run.py --help``."""

if __name__ == "__main__":
    import signal

    if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # while there is nothing to keep, it ends without a word

    from sim.cli import main

    raise SystemExit(main())
