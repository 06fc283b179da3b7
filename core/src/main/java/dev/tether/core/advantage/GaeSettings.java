package dev.tether.core.advantage;

import dev.tether.core.law.Require;

/**
 * The two numbers of generalised advantage estimation.
 *
 * @param gamma γ, discount per token, in [0, 1]
 * @param lambda λ, mixing of bootstrapped and observed returns, in [0, 1]; 0 = one-step, 1 = Monte Carlo
 */
public record GaeSettings(double gamma, double lambda) {
    public GaeSettings {
        Require.share("gamma", gamma);
        Require.share("gae_lambda", lambda);
    }
}
