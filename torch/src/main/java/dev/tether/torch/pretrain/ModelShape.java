package dev.tether.torch.pretrain;

/**
 * The size of a new Llama model. Its output layer is the transposed embedding; every head has its own key and value.
 *
 * @param hidden width of the hidden state; a multiple of twice the heads (rotary embeddings turn pairs)
 * @param feedForward width inside the feed-forward layers
 * @param context positions the model can attend to; longer documents are cut
 */
public record ModelShape(int layers, int hidden, int heads, int feedForward, int context) {
    public ModelShape {
        require("layers", layers, layers >= 1, "at least 1");
        require("heads", heads, heads >= 1, "at least 1");
        require(
                "hidden",
                hidden,
                hidden >= 2 && hidden % (2 * heads) == 0,
                "a multiple of twice the " + heads + " heads");
        require("feed_forward", feedForward, feedForward >= 1, "at least 1");
        require("context", context, context >= 8, "at least 8");
    }

    private static void require(String name, int value, boolean holds, String law) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + ", must be " + law);
        }
    }
}
