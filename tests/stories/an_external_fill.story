# A fill that belongs to no order of ours: the position follows the broker, the instrument halts.
# Shows faults 57, 73.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:01  quote IBM 199.98 200.00
09:30:02  report OTHER trade X9 5 @200.00 symbol IBM side sell
        > ignored OTHER trade X9 5 @200 OMS_UNKNOWN_ORDER
        > booked external OTHER X9 external IBM -5 @200 cash +1000 cost -1000
        > halted IBM OMS_EXTERNAL
09:30:03  report OTHER trade X9 5 @200.00 symbol IBM side sell
        > ignored OTHER trade X9 5 @200 OMS_DUPLICATE_EXECUTION
09:30:04  look external IBM
        > external holds -5 IBM cost -1000 realized 0
09:30:05  intent buy 1 IBM limit 200.00
        > received I1 buy 1 IBM @200 day as number 1 of sma, until 16:00:05
        > passed I1 through validation
        > refused I1 at risk RISK_INSTRUMENT_HALTED (halted_instrument BLOCK)
09:30:06  intent buy 1 SPY limit 500.00
        > received I2 buy 1 SPY @500 day as number 2 of sma, until 16:00:06
        > route paper for I2
        > passed I2 through dispatch
        > submitted C1 for I2 buy 1 SPY @500 day reserved 500 send by 09:30:36
09:30:07  report OTHER canceled
        > ignored OTHER canceled OMS_UNKNOWN_ORDER
09:30:07  kill off by alice it is not the kill switch
        > nothing
09:30:08  clear IBM by alice looked at it
        > cleared IBM by alice: looked at it
09:30:09  intent buy 5 IBM limit 200.00
        > received I3 buy 5 IBM @200 day as number 3 of sma, until 16:00:09
        > route paper for I3
        > passed I3 through dispatch
        > submitted C2 for I3 buy 5 IBM @200 day reserved 0 send by 09:30:39
09:30:10  report OTHER trade_cancel X10 ref X9
        > ignored OTHER trade_cancel X10 OMS_UNKNOWN_ORDER
        > booked external OTHER X10 external IBM +5 @200 cash -1000 cost +1000
        > halted IBM OMS_EXTERNAL
09:30:11  look external IBM
        > external holds 0 IBM cost 0 realized 0
09:30:12  report OTHER trade_cancel X11 ref X9
        > ignored OTHER trade_cancel X11 OMS_UNKNOWN_ORDER
        > halted * OMS_EXTERNAL
09:30:13  intent buy 1 SPY limit 500.00
        > received I4 buy 1 SPY @500 day as number 4 of sma, until 16:00:13
        > passed I4 through validation
        > refused I4 at risk RISK_INSTRUMENT_HALTED (halted_instrument BLOCK)
09:30:14  kill off by alice the broker's desk explained
        > kill switch off by alice: the broker's desk explained
09:30:15  report OTHER trade X12 2 @10.00 symbol SPY270115P00400000 side buy
        > ignored OTHER trade X12 2 @10 OMS_UNKNOWN_ORDER
        > booked external OTHER X12 external SPY270115P00400000 +2 @10 cash -2000 cost +2000
        > halted SPY270115P00400000 OMS_EXTERNAL
09:30:16  report OTHER trade X13 2 @10.00 symbol ESZ6 side buy
        > ignored OTHER trade X13 2 @10 OMS_UNKNOWN_ORDER
        > booked external OTHER X13 external ESZ6 +2 @10 cash -20 cost +20
        > halted * OMS_UNKNOWN_INSTRUMENT
        > halted ESZ6 OMS_EXTERNAL
