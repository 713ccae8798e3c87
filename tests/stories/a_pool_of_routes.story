# Of two routes the first takes what it can; only what provably never left goes to the second.
09:30:00  settings routes paper,second
        > settings at 13:30:00Z mode paper
09:30:00  connect second cash 100000 account PAPER-2
        > route second up, ledger opens with 100000
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 1 SPY limit 500.00
        > received I1 buy 1 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 1 SPY @500 day reserved 500 send by 09:30:32
09:30:03  delivery C1 unknown reset
        > in doubt C1 reset
09:30:04  look C1
        > C1 pending_new in doubt filled 0 leaves 1
09:30:05  report C1 new
        > reported C1 new
09:30:06  intent buy 2 SPY limit 500.00
        > received I2 buy 2 SPY @500 day as number 2 of sma, until 16:00:06
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 buy 2 SPY @500 day reserved 1000 send by 09:30:36
09:30:07  delivery C2 undelivered 4 tries: connection refused
        > never left C2 4 tries: connection refused
        > route second for I2
        > passed I2 through dispatch
        > submitted C3 for I2 buy 2 SPY @500 day attempt 2 reserved 1000 send by 09:30:37
09:30:08  delivery C3 undelivered 4 tries: connection refused
        > never left C3 4 tries: connection refused
        > refused I2 at dispatch ADAPTER_UNDELIVERED: 4 tries: connection refused
09:30:09  look account
        > cash 100000 realized 0 fees 0 equity 100000 reserved 500
09:30:10  intent buy 3 SPY limit 500.00 route paper
        > received I3 buy 3 SPY @500 day as number 3 of sma, until 16:00:10
        > route paper for I3
        > passed I3 through dispatch
        > submitted C4 for I3 buy 3 SPY @500 day reserved 1500 send by 09:30:40
09:30:11  delivery C4 undelivered 4 tries: connection refused
        > never left C4 4 tries: connection refused
        > refused I3 at dispatch ADAPTER_UNDELIVERED: 4 tries: connection refused
09:30:12  intent buy 4 SPY limit 500.00
        > received I4 buy 4 SPY @500 day as number 4 of sma, until 16:00:12
        > route paper for I4
        > passed I4 through dispatch
        > submitted C5 for I4 buy 4 SPY @500 day reserved 2000 send by 09:30:42
09:30:13  report C5 new
        > reported C5 new
