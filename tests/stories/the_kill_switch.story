# The kill switch cancels what works, refuses what waits, and releases no burst when cleared.
# Shows fault 84.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:32
09:30:03  report C1 new
        > reported C1 new
09:30:04  intent buy 1 BTC/USD limit 60000
        > received I2 buy 1 BTC/USD @60000 day as number 2 of sma, until 16:00:04
        > passed I2 through intake
        > held I2 at validation POLICY_MARKET_CLOSED needs session:24/7
09:30:05  kill on by alice feed looks wrong
        > kill switch on by alice: feed looks wrong
        > cancel requested C1 as R1 by kill by alice
        > refused I2 at validation RISK_KILL_SWITCH: feed looks wrong
09:30:06  intent buy 1 SPY limit 500.00
        > received I3 buy 1 SPY @500 day as number 3 of sma, until 16:00:06
        > passed I3 through validation
        > refused I3 at risk RISK_KILL_SWITCH (kill_switch BLOCK)
09:30:07  report R1 canceled orig C1
        > reported R1 canceled
        > finished C1
09:30:08  kill off by alice feed is fine
        > kill switch off by alice: feed is fine
09:30:09  session 24/7 trading
        > session 24/7 trading
09:30:10  intent buy 1 SPY limit 500.00
        > received I4 buy 1 SPY @500 day as number 4 of sma, until 16:00:10
        > route paper for I4
        > passed I4 through dispatch
        > submitted C2 for I4 buy 1 SPY @500 day reserved 500 send by 09:30:40
09:30:11  latch flag file
09:30:12  intent buy 2 SPY limit 500.00
        > received I5 buy 2 SPY @500 day as number 5 of sma, until 16:00:12
        > passed I5 through validation
        > refused I5 at risk RISK_KILL_SWITCH (kill_switch BLOCK)
09:30:13  latch off
09:30:14  intent buy 3 SPY limit 500.00
        > received I6 buy 3 SPY @500 day as number 6 of sma, until 16:00:14
        > route paper for I6
        > passed I6 through dispatch
        > submitted C3 for I6 buy 3 SPY @500 day reserved 1500 send by 09:30:44
09:30:15  kill off by alice nothing to clear
        > nothing
