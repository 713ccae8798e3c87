# The broker fills more than was ordered: booked as it is, and the instrument halts.
# Shows fault 58.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:32
09:30:03  report C1 trade X1 8 @500.00
        > reported C1 trade X1 8 @500
        > booked C1 X1 sma SPY +8 @500 cash -4000 cost +4000
09:30:04  report C1 trade X2 8 @500.00
        > reported C1 trade X2 8 @500
        > booked C1 X2 sma SPY +8 @500 cash -4000 cost +4000
        > halted SPY OMS_OVERFILL
        > finished C1
09:30:05  look C1
        > C1 filled filled 16 at 500 leaves 0
09:30:06  look sma SPY
        > sma holds 16 SPY cost 8000 realized 0
09:30:07  look account
        > cash 92000 realized 0 fees 0 equity 100000 reserved 0
09:30:08  intent sell 6 SPY
        > received I2 sell 6 SPY day as number 2 of sma, until 16:00:08
        > passed I2 through validation
        > refused I2 at risk RISK_INSTRUMENT_HALTED (halted_instrument BLOCK)
