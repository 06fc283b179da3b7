"""TRL's GRPOTrainer on Tether's belt: the run is told live, and Tether's controller moves the trainer's beta.

    run = TetherRun("grpo", steps=500, **{"belt.placement": "k3_in_loss", "belt.estimator": "k3", "belt.target": 6.0})
    tether = TetherCallback(run)
    trainer = GRPOTrainer(model, reward_funcs=[tether.record(my_reward)], args=config, train_dataset=prompts)
    tether.attach(trainer)
    trainer.train()

The config needs beta > 0 (or there is no reference) and num_iterations=2 or more (or TRL does not keep the logprobs of the
policy that sampled); one process, one reward function, no Liger loss. TRL charges its KL in the loss: the rewards that
Tether answers hold the scores alone then, and only next_kl_coef is used.
"""
import functools

from transformers import TrainerCallback


class TetherCallback(TrainerCallback):
    def __init__(self, run):
        self.run = run
        self.prompts = self.completions = self.scores = None

    def record(self, reward_func):
        """The reward function, remembering what it saw last."""

        @functools.wraps(reward_func)
        def recorded(prompts, completions, **kwargs):
            self.scores = reward_func(prompts=prompts, completions=completions, **kwargs)
            self.prompts, self.completions = prompts, completions
            return self.scores

        return recorded

    def attach(self, trainer):
        """Tells every batch of completions that the trainer makes, and gives it the next beta."""
        make = trainer._generate_and_score_completions

        def told(inputs):
            batch = make(inputs)
            if trainer.model.training:
                trainer.beta = self.tell(batch)
            return batch

        trainer._generate_and_score_completions = told
        trainer.beta = self.run.kl_coef
        trainer.add_callback(self)

    def tell(self, batch):
        for key in ("old_per_token_logps", "ref_per_token_logps"):
            if batch.get(key) is None:
                raise ValueError(f"TRL gave no {key}: set beta > 0 and num_iterations=2")
        columns = zip(
            batch["old_per_token_logps"].tolist(),
            batch["ref_per_token_logps"].tolist(),
            batch["completion_mask"].tolist(),
            batch["completion_ids"].tolist(),
            self.scores,
            self.prompts,
            self.completions,
        )
        return self.run.step([
            {
                "logprobs": logprobs,
                "ref_logprobs": ref_logprobs,
                "mask": mask,
                "response_ids": ids,
                "score": float(score),
                "prompt": text(prompt),
                "response": text(completion),
            }
            for logprobs, ref_logprobs, mask, ids, score, prompt, completion in columns
        ])["next_kl_coef"]

    def on_train_end(self, args, state, control, **kwargs):
        self.run.end()


def text(message):
    """Of a plain text, or of the last message of a conversation."""
    return message if isinstance(message, str) else message[-1]["content"]
