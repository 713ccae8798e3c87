# Reports overtake each other: a correction and a bust come before the fills that they take back.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 99.99 100.00
09:30:02  intent buy 10 SPY limit 100.00
        > received I1 buy 10 SPY @100 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @100 day reserved 1000 send by 09:30:32
09:30:03  report C1 trade_correct X2 4 @99.50 fee 1 ref X1
        > ignored C1 trade_correct X2 4 @99.5 OMS_UNKNOWN_EXECUTION
        > halted SPY OMS_UNKNOWN_EXECUTION
09:30:04  report C1 trade X1 4 @100.00 fee 1
        > reported C1 trade X1 4 @100
        > booked C1 X1 sma SPY +4 @100 cash -401 cost +400 fee 1
        > reported C1 trade_correct X2 4 @99.5
        > booked C1 X2- sma SPY -4 @100 cash +401 cost -400 fee -1
        > booked C1 X2 sma SPY +4 @99.5 cash -399 cost +398 fee 1
09:30:05  report C1 trade_cancel X4 ref X3
        > ignored C1 trade_cancel X4 OMS_UNKNOWN_EXECUTION
        > halted SPY OMS_UNKNOWN_EXECUTION
09:30:06  report C1 trade X3 6 @100.00
        > reported C1 trade X3 6 @100
        > booked C1 X3 sma SPY +6 @100 cash -600 cost +600
        > finished C1
        > reported C1 trade_cancel X4
        > booked C1 X4 sma SPY -6 @100 cash +600 cost -600
09:30:07  report C1 trade X3 6 @100.00
        > ignored C1 trade X3 6 @100 OMS_DUPLICATE_EXECUTION
09:30:08  report C1 trade_correct X2 4 @99.50 fee 1 ref X1
        > ignored C1 trade_correct X2 4 @99.5 OMS_DUPLICATE_EXECUTION
09:30:09  look C1
        > C1 partially_filled filled 4 at 99.5 leaves 6
09:30:10  look account
        > cash 99601 realized 0 fees 1 equity 100001 reserved 600
