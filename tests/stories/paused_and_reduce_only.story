# A pause takes nothing new from strategies and keeps what waits; reduce-only lets exits through.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:32
09:30:03  report C1 trade X1 10 @500
        > reported C1 trade X1 10 @500
        > booked C1 X1 sma SPY +10 @500 cash -5000 cost +5000
        > finished C1
09:30:04  intent buy 1 IBM limit 200.00
        > received I2 buy 1 IBM @200 day as number 2 of sma, until 16:00:04
        > passed I2 through validation
        > held I2 at risk RISK_STALE_DATA needs quote:IBM (stale_quote PAUSE; insane_quote PAUSE; order_notional PAUSE; price_collar PAUSE; buying_power PAUSE; cash_buffer PAUSE; margin_use PAUSE; trade_loss PAUSE; order_risk PAUSE; heat PAUSE; day_risk PAUSE; position_size PAUSE; symbol_exposure PAUSE; sector_exposure PAUSE; correlation PAUSE)
09:30:05  control pause on by alice lunch
        > pause on by alice: lunch
09:30:06  intent buy 2 SPY limit 500.00
        > received I3 buy 2 SPY @500 day as number 3 of sma, until 16:00:06
        > passed I3 through validation
        > refused I3 at risk RISK_PAUSED (paused BLOCK)
09:30:07  intent buy 1 SPY limit 500.00 by cli
        > received I4 buy 1 SPY @500 day as number 1 of cli, until 16:00:07
        > route paper for I4
        > passed I4 through dispatch
        > submitted C2 for I4 buy 1 SPY @500 day reserved 500 send by 09:30:37
09:30:08  quote IBM 199.98 200.00
09:30:08  fact quote:IBM
        > passed I2 through validation
        > held I2 at risk RISK_PAUSED needs release:pause (paused PAUSE)
09:30:09  control pause on by alice twice
        > nothing
09:30:10  control pause off by alice back
        > pause off by alice: back
        > route paper for I2
        > passed I2 through dispatch
        > submitted C3 for I2 buy 1 IBM @200 day reserved 200 send by 09:30:40
09:30:11  control reduce_only on by alice late
        > reduce_only on by alice: late
09:30:12  intent buy 2 SPY limit 500.00
        > received I5 buy 2 SPY @500 day as number 4 of sma, until 16:00:12
        > passed I5 through validation
        > refused I5 at risk RISK_REDUCE_ONLY (reduce_only BLOCK)
09:30:13  intent sell 11 SPY limit 499.98
        > received I6 sell 11 SPY @499.98 day as number 5 of sma, until 16:00:13
        > passed I6 through validation
        > refused I6 at risk RISK_REDUCE_ONLY (reduce_only BLOCK)
09:30:14  intent sell 10 SPY limit 499.98
        > received I7 sell 10 SPY @499.98 day as number 6 of sma, until 16:00:14
        > route paper for I7
        > passed I7 through dispatch
        > submitted C4 for I7 sell 10 SPY @499.98 day reserved 0 send by 09:30:44
09:30:15  control reduce_only off by alice over
        > reduce_only off by alice: over
