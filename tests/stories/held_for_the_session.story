# Before the open an intent waits for the session; one outlives its time, the other goes.
08:00:00  session XNYS pre_market
        > session XNYS pre_market
08:00:01  quote SPY 499.98 500.00
08:00:02  intent buy 10 SPY limit 500.00 ttl 60
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 08:01:02
        > passed I1 through intake
        > held I1 at validation POLICY_MARKET_CLOSED needs session:XNYS
08:00:03  intent buy 5 SPY limit 500.00
        > received I2 buy 5 SPY @500 day as number 2 of sma, until 14:30:03
        > passed I2 through intake
        > held I2 at validation POLICY_MARKET_CLOSED needs session:XNYS
08:00:59  tick
        > nothing
08:01:02  tick
        > refused I1 at intake POLICY_INTENT_EXPIRED: expired 2026-08-24 12:01:02Z
09:30:00  quote SPY 499.98 500.00
09:30:00  session XNYS trading
        > session XNYS trading
        > route paper for I2
        > passed I2 through dispatch
        > submitted C1 for I2 buy 5 SPY @500 day reserved 2500 send by 09:30:30
09:30:00  session XNYS trading
        > nothing
09:30:01  intent buy 7 IBM limit 200.00 ttl 30
        > received I3 buy 7 IBM @200 day as number 3 of sma, until 09:30:31
        > passed I3 through validation
        > held I3 at risk RISK_STALE_DATA needs quote:IBM (stale_quote PAUSE; insane_quote PAUSE; order_notional PAUSE; price_collar PAUSE; buying_power PAUSE; cash_buffer PAUSE; margin_use PAUSE; trade_loss PAUSE; order_risk PAUSE; heat PAUSE; day_risk PAUSE; position_size PAUSE; symbol_exposure PAUSE; sector_exposure PAUSE; correlation PAUSE)
09:30:31  quote IBM 199.99 200.01
09:30:31  fact quote:IBM
        > refused I3 at intake RISK_PAUSE_EXPIRED (stale_quote PAUSE; insane_quote PAUSE; order_notional PAUSE; price_collar PAUSE; buying_power PAUSE; cash_buffer PAUSE; margin_use PAUSE; trade_loss PAUSE; order_risk PAUSE; heat PAUSE; day_risk PAUSE; position_size PAUSE; symbol_exposure PAUSE; sector_exposure PAUSE; correlation PAUSE)
