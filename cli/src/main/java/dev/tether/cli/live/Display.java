package dev.tether.cli.live;

import dev.tether.run.journal.StepRecord;
import dev.tether.trainer.loop.RunListener;
import java.util.List;

/** Shows a run while it runs. What it puts on the terminal is taken off, or left in good order, by {@link #close}. */
public interface Display extends RunListener, AutoCloseable {
    /** Says something beside the steps; from any thread. */
    void say(String sentence);

    /** The steps that were taken before its eyes. */
    List<StepRecord> taken();

    /** Gives the terminal back at once, for a process that is about to end; waits for nobody. */
    void restore();

    /** No more steps will come. What is called twice does nothing the second time. */
    @Override
    void close();
}
