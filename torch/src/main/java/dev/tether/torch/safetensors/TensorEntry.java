package dev.tether.torch.safetensors;

/**
 * One tensor as a header describes it.
 *
 * @param begin first byte, counted from the end of the header
 * @param end byte after the last, counted from the end of the header
 */
record TensorEntry(String name, Dtype dtype, long[] shape, long begin, long end) {
    long bytes() {
        return end - begin;
    }
}
