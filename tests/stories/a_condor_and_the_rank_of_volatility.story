# A condor is refused while options are cheap for their year; then it waits for a person, and goes.
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
09:30:01  option SPY261002C00515000 interest 900 delta 0.18
09:30:01  option SPY261002C00520000 interest 900 delta 0.15
09:30:01  rank SPY 0.22
09:30:02  combo 1 buy:SPY261002P00480000 sell:SPY261002P00485000 sell:SPY261002C00515000 buy:SPY261002C00520000 limit -0.90 by desk
        > received I1 1 of buy:SPY261002P00480000x1 sell:SPY261002P00485000x1 sell:SPY261002C00515000x1 buy:SPY261002C00520000x1 @-0.9 day as number 1 of desk, until 16:00:02
        > passed I1 through validation
        > refused I1 at risk RISK_IV_RANK (iv_rank BLOCK 0.22 against 0.3)
09:30:03  rank SPY 0.46
09:30:04  combo 1 buy:SPY261002P00480000 sell:SPY261002P00485000 sell:SPY261002C00515000 buy:SPY261002C00520000 limit -0.90 by desk
        > received I2 1 of buy:SPY261002P00480000x1 sell:SPY261002P00485000x1 sell:SPY261002C00515000x1 buy:SPY261002C00520000x1 @-0.9 day as number 2 of desk, until 16:00:04
        > passed I2 through risk
        > held I2 at route POLICY_NEEDS_APPROVAL needs approval, settings
09:30:05  approve I2 by ann
        > approved I2 by ann until 10:30:05 reserved 920
        > route paper for I2
        > passed I2 through dispatch
        > submitted C1 for I2 1 of buy:SPY261002P00480000x1 sell:SPY261002P00485000x1 sell:SPY261002C00515000x1 buy:SPY261002C00520000x1 @-0.9 day reserved 920 send by 09:30:35
