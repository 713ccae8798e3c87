# A day before earnings no option is opened; what is held may be closed.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:00  list SPY261002P00480000 SPY261002P00485000 SPY261002C00515000 SPY261002C00520000
        > 4 instruments known
09:30:01  quote SPY 499.99 500.01
09:30:01  quote SPY261002P00480000 2.00 2.10
09:30:01  quote SPY261002P00485000 2.50 2.60
09:30:01  quote SPY261002C00515000 2.50 2.60
09:30:01  quote SPY261002C00520000 2.00 2.10
09:30:01  option SPY261002P00480000 interest 900 delta -0.15
09:30:01  option SPY261002P00485000 interest 900 delta -0.18
09:30:01  option SPY261002C00515000 interest 900 delta 0.18
09:30:01  option SPY261002C00520000 interest 900 delta 0.15
09:30:01  rank SPY 0.46
09:30:02  intent buy 1 SPY261002P00480000 limit 2.10
        > received I1 buy 1 SPY261002P00480000 @2.1 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 1 SPY261002P00480000 @2.1 day reserved 210 send by 09:30:32
09:30:03  report C1 trade X1 1 @2.10
        > reported C1 trade X1 1 @2.1
        > booked C1 X1 sma SPY261002P00480000 +1 @2.1 cash -210 cost +210
        > finished C1
09:30:04  desk earnings SPY 2026-08-25T09:00
        > settings at 13:30:04Z mode paper
09:30:05  combo 1 buy:SPY261002P00480000 sell:SPY261002P00485000 sell:SPY261002C00515000 buy:SPY261002C00520000 limit -0.90 by desk
        > received I2 1 of buy:SPY261002P00480000x1 sell:SPY261002P00485000x1 sell:SPY261002C00515000x1 buy:SPY261002C00520000x1 @-0.9 day as number 1 of desk, until 16:00:05
        > passed I2 through validation
        > refused I2 at risk RISK_EVENT (events BLOCK 23 against 24)
09:30:06  intent sell 1 SPY261002P00480000 limit 2.00
        > received I3 sell 1 SPY261002P00480000 @2 day as number 2 of sma, until 16:00:06
        > route paper for I3
        > passed I3 through dispatch
        > submitted C2 for I3 sell 1 SPY261002P00480000 @2 day reserved 0 send by 09:30:36
09:30:07  intent buy 1 SPY limit 500.00
        > received I4 buy 1 SPY @500 day as number 3 of sma, until 16:00:07
        > route paper for I4
        > passed I4 through dispatch
        > submitted C3 for I4 buy 1 SPY @500 day reserved 500.01 send by 09:30:37
