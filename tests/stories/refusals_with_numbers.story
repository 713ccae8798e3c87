# Every gate shows its numbers, and what is malformed never reaches one.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 20000 SPY limit 500.00
        > received I1 buy 20000 SPY @500 day as number 1 of sma, until 16:00:02
        > passed I1 through validation
        > refused I1 at risk RISK_ORDER_QUANTITY (order_quantity BLOCK 20000 against 10000; order_notional BLOCK 10000000 against 50000; buying_power BLOCK 10000000 against 100000; cash_buffer BLOCK 10000000 against 100000; margin_use BLOCK 5000000 against 100000; trade_loss BLOCK 500000 against 100000; order_risk BLOCK 500000 against 100000; heat BLOCK 500000 against 100000; day_risk BLOCK 500000 against 100000)
09:30:03  intent buy 101 SPY limit 500.00
        > received I2 buy 101 SPY @500 day as number 2 of sma, until 16:00:03
        > passed I2 through validation
        > refused I2 at risk RISK_ORDER_NOTIONAL (order_notional BLOCK 50500 against 50000)
09:30:04  intent buy 10 SPY limit 530.00
        > received I3 buy 10 SPY @530 day as number 3 of sma, until 16:00:04
        > passed I3 through validation
        > refused I3 at risk RISK_PRICE_COLLAR (price_collar BLOCK 0.06 against 0.05)
09:30:05  intent buy 10 SPY limit 500.001
        > received I4 buy 10 SPY @500.001 day as number 4 of sma, until 16:00:05
        > passed I4 through intake
        > refused I4 at validation VALIDATION_OFF_TICK: price 500.001 of SPY: expected whole ticks of 0.01
09:30:06  intent buy 0 SPY limit 500.00
        > received I5 buy 0 SPY @500 day as number 5 of sma, until 16:00:06
        > refused I5 at intake VALIDATION_QUANTITY: order_qty: expected above 0, got 0
09:30:07  intent buy 1 XYZ limit 500.00
        > received I6 buy 1 XYZ @500 day as number 6 of sma, until 16:00:07
        > passed I6 through intake
        > refused I6 at validation VALIDATION_UNKNOWN_SYMBOL: 'XYZ'; there are BTC/USD, IBM, SPY, SPY260918C00500000, SPY260918C00510000
09:30:08  intent buy 0.5 SPY limit 500.00
        > received I7 buy 0.5 SPY @500 day as number 7 of sma, until 16:00:08
        > passed I7 through intake
        > refused I7 at validation VALIDATION_LOT_SIZE: quantity 0.5 of SPY: expected whole lots of 1
09:30:09  intent buy 1 SPY limit 500.00 route nowhere
        > received I8 buy 1 SPY @500 day as number 8 of sma, until 16:00:09
        > passed I8 through intake
        > refused I8 at validation VALIDATION_UNKNOWN_ROUTE: route nowhere: expected one of paper
09:30:10  intent buy 1 SPY limit -1
        > received I9 buy 1 SPY @-1 day as number 9 of sma, until 16:00:10
        > refused I9 at intake VALIDATION_PRICE: price: expected above 0, got -1
09:30:11  intent buy 1 SPY limit 500.00 ttl -5
        > received I10 buy 1 SPY @500 day as number 10 of sma, until 16:00:11
        > refused I10 at intake VALIDATION_TTL: ttl_s: expected above 0, got -5
09:30:12  settings order_notional_max_usd 200000
        > settings at 13:30:12Z mode paper
09:30:13  intent buy 120 SPY limit 500.00
        > received I11 buy 120 SPY @500 day as number 11 of sma, until 16:00:13
        > route paper for I11
        > passed I11 through dispatch
        > submitted C1 for I11 buy 120 SPY @500 day reserved 60000 send by 09:30:43
09:30:14  intent buy 100 SPY limit 500.00
        > received I12 buy 100 SPY @500 day as number 12 of sma, until 16:00:14
        > passed I12 through validation
        > refused I12 at risk RISK_BUYING_POWER (buying_power BLOCK 50000 against 40000; cash_buffer BLOCK 50000 against 40000)
09:30:15  cancel NOBODY by alice
        > cancel refused NOBODY VALIDATION_UNKNOWN_ORDER
