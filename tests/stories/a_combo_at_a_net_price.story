# Two legs are one order: filled together at a net price, booked leg by leg.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY260918C00500000 9.90 10.10
09:30:01  quote SPY260918C00510000 4.90 5.10
09:30:02  combo 2 buy:SPY260918C00500000 sell:SPY260918C00510000 limit 5.00
        > received I1 2 of buy:SPY260918C00500000x1 sell:SPY260918C00510000x1 @5 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 2 of buy:SPY260918C00500000x1 sell:SPY260918C00510000x1 @5 day reserved 3000 send by 09:30:32
09:30:03  report C1 new
        > reported C1 new
09:30:04  report C1 trade X1 1 @5.00
        > ignored C1 trade X1 1 @5 OMS_MALFORMED_REPORT
        > halted SPY260918C00500000 OMS_MALFORMED_REPORT
        > halted SPY260918C00510000 OMS_MALFORMED_REPORT
09:30:04  clear SPY260918C00500000 by alice the legs are told now
        > cleared SPY260918C00500000 by alice: the legs are told now
09:30:04  clear SPY260918C00510000 by alice the legs are told now
        > cleared SPY260918C00510000 by alice: the legs are told now
09:30:05  report C1 trade X1 1 @5.00 fee 1.30 legs SPY260918C00500000=10.00,SPY260918C00510000=5.00
        > reported C1 trade X1 1 @5
        > booked C1 X1/1 sma SPY260918C00500000 +1 @10 cash -1001.3 cost +1000 fee 1.3
        > booked C1 X1/2 sma SPY260918C00510000 -1 @5 cash +500 cost -500
09:30:06  report C1 trade X2 1 @4.95 legs SPY260918C00500000=10.00,SPY260918C00510000=5.05
        > reported C1 trade X2 1 @4.95
        > booked C1 X2/1 sma SPY260918C00500000 +1 @10 cash -1000 cost +1000
        > booked C1 X2/2 sma SPY260918C00510000 -1 @5.05 cash +505 cost -505
        > finished C1
09:30:07  look C1
        > C1 filled filled 2 at 4.975 leaves 0
09:30:08  look sma SPY260918C00500000
        > sma holds 2 SPY260918C00500000 cost 2000 realized 0
09:30:09  look sma SPY260918C00510000
        > sma holds -2 SPY260918C00510000 cost -1005 realized 0
09:30:10  look account
        > cash 99003.7 realized 0 fees 1.3 equity 99993.7 reserved 0
09:30:11  combo 1 buy:SPY260918C00500000 sell:IBM
        > received I2 1 of buy:SPY260918C00500000x1 sell:IBMx1 day as number 2 of sma, until 16:00:11
        > passed I2 through validation
        > held I2 at risk RISK_STALE_DATA needs quote:IBM, quote:SPY260918C00500000 (stale_quote PAUSE; insane_quote PAUSE; order_notional PAUSE; price_collar PAUSE; slippage PAUSE; buying_power PAUSE; cash_buffer PAUSE; margin_use PAUSE; trade_loss PAUSE; order_risk PAUSE; heat PAUSE; day_risk PAUSE; position_size PAUSE; symbol_exposure PAUSE; sector_exposure PAUSE; correlation PAUSE)
09:30:12  combo 1 buy:SPY260918C00510000 sell:SPY260918C00500000 limit -4.90
        > received I3 1 of buy:SPY260918C00510000x1 sell:SPY260918C00500000x1 @-4.9 day as number 3 of sma, until 16:00:12
        > route paper for I3
        > passed I3 through dispatch
        > submitted C2 for I3 1 of buy:SPY260918C00510000x1 sell:SPY260918C00500000x1 @-4.9 day reserved 0 send by 09:30:42
