# The first of two routes is down: the second one's account pays, unless the intent names the first.
09:30:00  settings routes paper,second
        > settings at 13:30:00Z mode paper
09:30:00  connect second cash 4000 account PAPER-2
        > route second up, ledger opens with 4000
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 1 SPY limit 500.00
        > received I1 buy 1 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 1 SPY @500 day reserved 500 send by 09:30:32
09:30:03  disconnect paper line is cut
        > route paper down: line is cut
09:30:04  intent buy 2 SPY limit 500.00
        > received I2 buy 2 SPY @500 day as number 2 of sma, until 16:00:04
        > route second for I2
        > passed I2 through dispatch
        > submitted C2 for I2 buy 2 SPY @500 day reserved 1000 send by 09:30:34
09:30:05  intent buy 9 SPY limit 500.00
        > received I3 buy 9 SPY @500 day as number 3 of sma, until 16:00:05
        > passed I3 through validation
        > refused I3 at risk RISK_BUYING_POWER (buying_power BLOCK 4500 against 3000; cash_buffer BLOCK 4500 against 3000)
09:30:06  intent buy 3 SPY limit 500.00 route paper
        > received I4 buy 3 SPY @500 day as number 4 of sma, until 16:00:06
        > passed I4 through intake
        > held I4 at validation ADAPTER_UNAVAILABLE needs route:paper
09:30:07  intent buy 4 SPY limit 500.00 route second
        > received I5 buy 4 SPY @500 day as number 5 of sma, until 16:00:07
        > route second for I5
        > passed I5 through dispatch
        > submitted C3 for I5 buy 4 SPY @500 day reserved 2000 send by 09:30:37
09:30:08  connect paper cash 100000
        > compared PAPER-1 (connect): no difference
        > route paper up
        > route paper for I4
        > passed I4 through dispatch
        > submitted C4 for I4 buy 3 SPY @500 day reserved 1500 send by 09:30:38
09:30:09  intent buy 9 SPY limit 500.00
        > received I6 buy 9 SPY @500 day as number 6 of sma, until 16:00:09
        > route paper for I6
        > passed I6 through dispatch
        > submitted C5 for I6 buy 9 SPY @500 day reserved 4500 send by 09:30:39
