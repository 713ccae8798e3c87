# What nobody knows of an option is waited for, wakes the order that waits, and may refuse it then.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:00  list SPY261002P00480000 SPY261002P00485000 SPY261002C00515000 SPY261002C00520000
        > 4 instruments known
09:30:00  desk
        > settings at 13:30:00Z mode paper
09:30:01  quote SPY 499.99 500.01
09:30:01  quote SPY261002P00480000 2.00 2.10
09:30:01  quote SPY261002P00485000 2.50 2.60
09:30:01  quote SPY261002C00515000 2.50 2.60
09:30:01  quote SPY261002C00520000 2.00 2.10
09:30:01  option SPY261002P00480000 interest 900 delta -0.15
09:30:01  option SPY261002P00485000 interest 900 delta -0.18
09:30:01  option SPY261002C00515000 delta 0.18
09:30:01  option SPY261002C00520000 interest 900 delta 0.15
09:30:01  rank SPY 0.46
09:30:02  combo 1 buy:SPY261002P00480000 sell:SPY261002P00485000 sell:SPY261002C00515000 buy:SPY261002C00520000 limit -0.90 by desk
        > received I1 1 of buy:SPY261002P00480000x1 sell:SPY261002P00485000x1 sell:SPY261002C00515000x1 buy:SPY261002C00520000x1 @-0.9 day as number 1 of desk, until 16:00:02
        > passed I1 through validation
        > held I1 at risk RISK_STALE_DATA needs option:SPY261002C00515000 (open_interest PAUSE)
09:30:03  fact option:SPY261002C00515000
        > nothing
09:30:04  option SPY261002C00515000 interest 900 delta 0.18
09:30:04  fact option:SPY261002C00515000
        > passed I1 through risk
        > held I1 at route POLICY_NEEDS_APPROVAL needs approval, settings
09:30:05  option SPY261002C00515000 delta 0.18
09:30:06  combo 1 buy:SPY261002P00480000 sell:SPY261002P00485000 sell:SPY261002C00515000 buy:SPY261002C00520000 limit -0.90 by desk
        > received I2 1 of buy:SPY261002P00480000x1 sell:SPY261002P00485000x1 sell:SPY261002C00515000x1 buy:SPY261002C00520000x1 @-0.9 day as number 2 of desk, until 16:00:06
        > passed I2 through validation
        > held I2 at risk RISK_STALE_DATA needs option:SPY261002C00515000 (open_interest PAUSE)
09:30:07  option SPY261002C00515000 interest 40 delta 0.18
09:30:07  fact option:SPY261002C00515000
        > passed I2 through validation
        > refused I2 at risk RISK_LIQUIDITY (open_interest BLOCK 500 against 40)
