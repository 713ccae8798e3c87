# A call spread ends in the money: each leg is settled once, for the strike, and nothing is halted.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY260918C00500000 9.90 10.10
09:30:01  quote SPY260918C00510000 4.90 5.10
09:30:02  combo 2 buy:SPY260918C00500000 sell:SPY260918C00510000 limit 5.00
        > received I1 2 of buy:SPY260918C00500000x1 sell:SPY260918C00510000x1 @5 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 2 of buy:SPY260918C00500000x1 sell:SPY260918C00510000x1 @5 day reserved 3000 send by 09:30:32
09:30:03  report C1 trade X1 2 @5.00 legs SPY260918C00500000=10.00,SPY260918C00510000=5.00
        > reported C1 trade X1 2 @5
        > booked C1 X1/1 sma SPY260918C00500000 +2 @10 cash -2000 cost +2000
        > booked C1 X1/2 sma SPY260918C00510000 -2 @5 cash +1000 cost -1000
        > finished C1
09:30:04  look account
        > cash 99000 realized 0 fees 0 equity 100000 reserved 0
16:00:01  report S1 settlement S1 2 @12.30 symbol SPY260918C00500000 side sell legs SPY=512.30
        > settled S1 settlement S1 2 @12.3
        > booked S1 S1/1 sma SPY260918C00500000 -2 @12.3 cash +2460 cost -2000 realized +460
        > booked S1 S1/2 sma SPY +200 @512.3 cash -102460 cost +102460
16:00:01  look account
        > cash -1000 realized 460 fees 0 equity 100460 reserved 0
16:00:01  report S2 settlement S2 2 @2.30 symbol SPY260918C00510000 side buy legs SPY=512.30
        > settled S2 settlement S2 2 @2.3
        > booked S2 S2/1 sma SPY260918C00510000 +2 @2.3 cash -460 cost +1000 realized +540
        > booked S2 S2/2 sma SPY -200 @512.3 cash +102460 cost -102460
16:00:02  look account
        > cash 101000 realized 1000 fees 0 equity 101000 reserved 0
16:00:02  look sma SPY
        > sma holds 0 SPY cost 0 realized 0
16:00:02  look sma SPY260918C00500000
        > sma holds 0 SPY260918C00500000 cost 0 realized 460
16:00:03  report S2 settlement S2 2 @2.30 symbol SPY260918C00510000 side buy legs SPY=512.30
        > ignored S2 settlement S2 2 @2.3 OMS_DUPLICATE_EXECUTION
16:00:04  report S3 settlement S3 2 @2.30 symbol SPY side buy
        > ignored S3 settlement S3 2 @2.3 OMS_MALFORMED_REPORT
        > halted SPY OMS_MALFORMED_REPORT
