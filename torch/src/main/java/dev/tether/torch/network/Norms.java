package dev.tether.torch.network;

import dev.tether.torch.architecture.NormSpec;

/** Makes the normalisations of a decoder from its parameters. */
interface Norms {
    Norm of(NormSpec spec);
}
