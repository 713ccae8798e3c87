# No quote, or an old one: the intent waits, then walks again from stage 1 under today's limits.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > passed I1 through validation
        > held I1 at risk RISK_STALE_DATA needs quote:SPY (stale_quote PAUSE; insane_quote PAUSE; order_notional PAUSE; price_collar PAUSE; buying_power PAUSE; cash_buffer PAUSE; margin_use PAUSE; trade_loss PAUSE; order_risk PAUSE; heat PAUSE; day_risk PAUSE; position_size PAUSE; symbol_exposure PAUSE; sector_exposure PAUSE; correlation PAUSE)
09:30:03  intent buy 20 SPY limit 500.00
        > received I2 buy 20 SPY @500 day as number 2 of sma, until 16:00:03
        > passed I2 through validation
        > held I2 at risk RISK_STALE_DATA needs quote:SPY (stale_quote PAUSE; insane_quote PAUSE; order_notional PAUSE; price_collar PAUSE; buying_power PAUSE; cash_buffer PAUSE; margin_use PAUSE; trade_loss PAUSE; order_risk PAUSE; heat PAUSE; day_risk PAUSE; position_size PAUSE; symbol_exposure PAUSE; sector_exposure PAUSE; correlation PAUSE)
09:30:04  fact quote:SPY
        > nothing
09:30:05  settings order_qty_max 15
        > settings at 13:30:05Z mode paper
09:30:06  quote SPY 499.98 500.00
09:30:22  fact quote:SPY
        > passed I2 through validation
        > refused I2 at risk RISK_ORDER_QUANTITY (order_quantity BLOCK 20 against 15; stale_quote PAUSE 16 against 15)
09:30:23  quote SPY 499.98 500.00
09:30:23  fact quote:SPY
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:53
09:30:24  fact quote:SPY
        > nothing
