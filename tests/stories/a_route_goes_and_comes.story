# The route is down: intents wait for it. What two looks at a statement show alike is a break.
# Shows faults 66, 76.
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
09:30:04  disconnect paper connection lost
        > route paper down: connection lost
09:30:05  intent buy 1 SPY limit 500.00
        > received I2 buy 1 SPY @500 day as number 2 of sma, until 16:00:05
        > passed I2 through intake
        > held I2 at validation ADAPTER_UNAVAILABLE needs route:paper
09:30:06  connect paper cash 95000 SPY=10
        > compared PAPER-1 (connect) matched 1: no difference
        > route paper up
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 buy 1 SPY @500 day reserved 500 send by 09:30:36
09:30:07  disconnect paper connection lost
        > route paper down: connection lost
09:30:08  disconnect paper still lost
        > nothing
09:30:08  connect paper cash 95000 SPY=12 IBM=1
        > compared PAPER-1 (connect): position PAPER-1/IBM book 0 statement 1, position PAPER-1/SPY book 10 statement 12
09:30:09  connect paper cash 95000 SPY=12 IBM=1
        > compared PAPER-1 (connect): position PAPER-1/IBM book 0 statement 1, position PAPER-1/SPY book 10 statement 12
        > break position PAPER-1/IBM book 0 statement 1
        > break position PAPER-1/SPY book 10 statement 12
        > halted IBM RECON_BREAK
        > halted SPY RECON_BREAK
        > route paper up
09:30:10  intent sell 10 SPY limit 499.00
        > received I3 sell 10 SPY @499 day as number 3 of sma, until 16:00:10
        > passed I3 through validation
        > refused I3 at risk RISK_INSTRUMENT_HALTED (halted_instrument BLOCK)
