# Live trading is refused until a person arms it; `live_blocked` refuses it at stage 4.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  settings mode live
        > settings at 13:30:02Z mode live
09:30:03  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:03
        > passed I1 through validation
        > refused I1 at risk POLICY_LIVE_NOT_ENABLED (armed BLOCK)
09:30:04  settings mode live_blocked promotion manual
        > settings at 13:30:04Z mode live_blocked
09:30:05  intent buy 10 SPY limit 500.00
        > received I2 buy 10 SPY @500 day as number 2 of sma, until 16:00:05
        > passed I2 through risk
        > refused I2 at route POLICY_LIVE_NOT_ENABLED: mode is live_blocked
09:30:06  settings mode testnet promotion disabled
        > settings at 13:30:06Z mode testnet
09:30:07  intent buy 10 SPY limit 500.00
        > received I3 buy 10 SPY @500 day as number 3 of sma, until 16:00:07
        > passed I3 through risk
        > refused I3 at route POLICY_MODE_MISMATCH: mode testnet does not use paper
