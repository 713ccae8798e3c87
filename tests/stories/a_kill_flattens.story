# After a kill what the broker says is held is closed: by orders that reduce, past latch and gates.
# Shows fault 84.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:32
09:30:03  report C1 trade X1 10 @500.00
        > reported C1 trade X1 10 @500
        > booked C1 X1 sma SPY +10 @500 cash -5000 cost +5000
        > finished C1
09:30:04  intent buy 5 IBM limit 500.00
        > received I2 buy 5 IBM @500 day as number 2 of sma, until 16:00:04
        > passed I2 through validation
        > held I2 at risk RISK_STALE_DATA needs quote:IBM (stale_quote PAUSE; insane_quote PAUSE; order_notional PAUSE; price_collar PAUSE; buying_power PAUSE; cash_buffer PAUSE; margin_use PAUSE; trade_loss PAUSE; order_risk PAUSE; heat PAUSE; day_risk PAUSE; position_size PAUSE; symbol_exposure PAUSE; sector_exposure PAUSE; correlation PAUSE)
09:30:04  quote IBM 499.98 500.00
09:30:05  intent buy 6 IBM limit 500.00
        > received I3 buy 6 IBM @500 day as number 3 of sma, until 16:00:05
        > route paper for I3
        > passed I3 through dispatch
        > submitted C2 for I3 buy 6 IBM @500 day reserved 3000 send by 09:30:35
09:30:06  flatten paper cash 95000 SPY=10@500
        > nothing
# Only a kill flattens. It closes what the statement says, short or long, known or not.
09:30:07  kill on by alice enough
        > kill switch on by alice: enough
        > cancel requested C2 as R1 by kill by alice
        > refused I2 at risk RISK_KILL_SWITCH: enough
09:30:08  flatten paper cash 95000 SPY=8@500 IBM=-3@500 XYZ=1@5
        > received I4 sell 8 SPY day as number 4 of sma, until 09:30:38
        > route paper for I4
        > submitted C3 for I4 sell 8 SPY day reserved 0 send by 09:30:38
        > received I5 buy 3 IBM day as number 1 of kill, until 09:30:38
        > refused I5 at validation OMS_PENDING_REQUEST: tb33TDR30EX7WAXYYA45THK5A6HP still works on IBM
        > received I6 sell 1 XYZ day as number 2 of kill, until 09:30:38
        > refused I6 at validation VALIDATION_UNKNOWN_SYMBOL: 'XYZ'; there are BTC/USD, IBM, SPY, SPY260918C00500000, SPY260918C00510000
# IBM's order works still, and may be what makes it so: it is left alone.
09:30:09  report R1 canceled orig C2
        > reported R1 canceled
        > finished C2
09:30:10  report C3 trade X2 8 @499.98
        > reported C3 trade X2 8 @499.98
        > booked C3 X2 sma SPY -8 @499.98 cash +3999.84 cost -4000 realized -0.16
        > finished C3
09:30:11  flatten paper cash 99000 IBM=-3@500
        > received I7 buy 3 IBM day as number 3 of kill, until 09:30:41
        > route paper for I7
        > submitted C4 for I7 buy 3 IBM day reserved 0 send by 09:30:41
09:30:12  report C4 trade X3 3 @500.00
        > reported C4 trade X3 3 @500
        > booked C4 X3 kill IBM +3 @500 cash -1500 cost +1500
        > finished C4
09:30:13  intent buy 1 SPY by kill
        > received I8 buy 1 SPY day as number 4 of kill, until 16:00:13
        > refused I8 at intake VALIDATION_MALFORMED: source: kill is the house's own
# A kill that flattens stands until book and broker have nothing: here the book still has what was
# bought for IBM. Every reason is told, and none twice.
09:30:14  kill flatten by bob close it all
        > kill switch on by bob: close it all, to flatten
09:30:15  flatten paper cash 95000 SPY=2@500
        > received I9 sell 2 SPY day as number 5 of sma, until 09:30:45
        > route paper for I9
        > submitted C5 for I9 sell 2 SPY day reserved 0 send by 09:30:45
09:30:16  flatten paper cash 95000
        > nothing
09:30:17  report C5 trade X4 2 @499.98
        > reported C5 trade X4 2 @499.98
        > booked C5 X4 sma SPY -2 @499.98 cash +999.96 cost -1000 realized -0.04
        > finished C5
09:30:18  flatten paper cash 95000
        > nothing
09:30:20  session XNYS closed
        > session XNYS closed
09:30:21  flatten paper cash 95000 SPY=2@500
        > received I10 sell 2 SPY day as number 5 of kill, until 09:30:51
        > refused I10 at validation POLICY_MARKET_CLOSED
09:30:22  kill on by alice enough
        > nothing
09:30:23  kill on by carol and the market is shut
        > kill switch on by carol: and the market is shut
