# The exchange takes one fill back and corrects another: cash and profit follow to the cent.
# Shows fault 59.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 99.99 100.00
09:30:02  intent buy 10 SPY limit 100.00
        > received I1 buy 10 SPY @100 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @100 day reserved 1000 send by 09:30:32
09:30:03  report C1 trade X1 4 @100.00 fee 1
        > reported C1 trade X1 4 @100
        > booked C1 X1 sma SPY +4 @100 cash -401 cost +400 fee 1
09:30:04  report C1 trade X2 6 @100.00
        > reported C1 trade X2 6 @100
        > booked C1 X2 sma SPY +6 @100 cash -600 cost +600
        > finished C1
09:31:00  quote SPY 110.00 110.02
09:31:01  intent sell 10 SPY limit 110.00
        > received I2 sell 10 SPY @110 day as number 2 of sma, until 16:01:01
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 sell 10 SPY @110 day reserved 0 send by 09:31:31
09:31:02  report C2 trade X3 10 @110.00
        > reported C2 trade X3 10 @110
        > booked C2 X3 sma SPY -10 @110 cash +1100 cost -1000 realized +100
        > finished C2
09:31:03  look sma SPY
        > sma holds 0 SPY cost 0 realized 100
09:31:04  report C2 trade_correct X4 10 @109.00 ref X3
        > reported C2 trade_correct X4 10 @109
        > booked C2 X4- sma SPY +10 @110 cash -1100 cost +1000 realized -100
        > booked C2 X4 sma SPY -10 @109 cash +1090 cost -1000 realized +90
        > finished C2
09:31:05  look sma SPY
        > sma holds 0 SPY cost 0 realized 90
09:31:05  look account
        > cash 100089 realized 90 fees 1 equity 100089 reserved 0
09:31:06  report C1 trade_cancel X5 ref X1
        > reported C1 trade_cancel X5
        > booked C1 X5 sma SPY -4 @100 cash +401 cost -400 fee -1
09:31:07  look sma SPY
        > sma holds -4 SPY cost -400 realized 90
09:31:08  look C1
        > C1 partially_filled filled 6 at 100 leaves 4
09:31:09  look account
        > cash 100490 realized 90 fees 0 equity 100090 reserved 400
09:31:10  report C1 trade_cancel X6 ref X1
        > ignored C1 trade_cancel X6 OMS_UNKNOWN_EXECUTION
        > halted SPY OMS_UNKNOWN_EXECUTION
09:31:11  report C1 trade_cancel X5 ref X1
        > ignored C1 trade_cancel X5 OMS_DUPLICATE_EXECUTION
09:31:12  report C1 trade_correct X7 1 @99.00 ref X0
        > ignored C1 trade_correct X7 1 @99 OMS_UNKNOWN_EXECUTION
        > halted SPY OMS_UNKNOWN_EXECUTION
