# A sold option of the last day whose underlying stands near the strike is told of, once.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  connect second cash 100000 SPY260824C00500000=-2@1.5 SPY260918C00500000=2@9 account PAPER-2
        > route second up, ledger opens with 100000
09:30:02  quote SPY 505.90 506.10
09:30:03  mark SPY260824C00500000 6.00 6.20
        > marked SPY260824C00500000 6.1
15:30:00  quote SPY 502.30 502.50
15:30:01  mark SPY260824C00500000 2.40 2.60
        > marked SPY260824C00500000 2.5
        > pin risk SPY260824C00500000 at 502.4
15:30:02  mark SPY260824C00500000 2.40 2.60
        > marked SPY260824C00500000 2.5
16:00:00  session XNYS closed
        > session XNYS closed
16:00:01  mark SPY260824C00500000 2.40 2.60
        > marked SPY260824C00500000 2.5
