package dev.tether.trainer.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PromptSourceTest {
    private static final List<Prompt> TEN = IntStream.range(0, 10)
            .mapToObj(i -> new Prompt("p" + i, new int[] {i}))
            .toList();

    @Test
    void aPassDrawsEveryPromptOnce() {
        PromptSource source = new PromptSource(TEN, PromptSource.Order.SHUFFLED, new Seeds(1));
        List<Prompt> drawn = new ArrayList<>();
        IntStream.rangeClosed(1, 5).forEach(step -> drawn.addAll(source.draw(step, 2)));
        assertThat(drawn).containsExactlyInAnyOrderElementsOf(TEN);
        assertThat(drawn).isNotEqualTo(TEN);
    }

    @Test
    void aStepDrawsTheSamePromptsWhateverWasDrawnBefore() {
        PromptSource source = new PromptSource(TEN, PromptSource.Order.SHUFFLED, new Seeds(1));
        List<Prompt> direct = source.draw(7, 4);
        PromptSource other = new PromptSource(TEN, PromptSource.Order.SHUFFLED, new Seeds(1));
        IntStream.rangeClosed(1, 6).forEach(step -> other.draw(step, 4));
        assertThat(other.draw(7, 4)).isEqualTo(direct);
    }

    @Test
    void aSecondPassHasAnotherOrder() {
        PromptSource source = new PromptSource(TEN, PromptSource.Order.SHUFFLED, new Seeds(1));
        assertThat(source.draw(1, 10)).isNotEqualTo(source.draw(2, 10));
    }

    @Test
    void sequentialKeepsTheFilesOrderAndWrapsAround() {
        PromptSource source = new PromptSource(TEN, PromptSource.Order.SEQUENTIAL, new Seeds(1));
        assertThat(source.draw(3, 4).stream().map(Prompt::text)).containsExactly("p8", "p9", "p0", "p1");
    }

    @Test
    void noPromptsAreRefused() {
        assertThatThrownBy(() -> new PromptSource(List.of(), PromptSource.Order.SHUFFLED, new Seeds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one");
    }
}
