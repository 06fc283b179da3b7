package dev.tether.cli.train;

import dev.tether.cli.console.Version;
import dev.tether.cli.model.ModelNames;
import dev.tether.cli.model.OpenRewards;
import dev.tether.cli.model.PromptFiles;
import dev.tether.cli.parallel.Team;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.settings.ModelSettings;
import dev.tether.run.settings.PromptSettings.Chat;
import dev.tether.run.settings.ReAnchorSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.TorchMovingReference;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.TorchReferenceModel;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.parallel.TensorPeers;
import dev.tether.trainer.chat.ChatFiles;
import dev.tether.trainer.loop.ReAnchoring;
import dev.tether.trainer.loop.RunIdentity;
import dev.tether.trainer.loop.TrainingParts;
import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.preference.AnswerReader;
import dev.tether.trainer.preference.Comparisons;
import dev.tether.trainer.preference.PairReader;
import dev.tether.trainer.preference.PreferenceFile;
import dev.tether.trainer.rollout.PromptFile;
import dev.tether.trainer.rollout.PromptSource;
import dev.tether.trainer.rollout.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Everything that settings name, opened: what can be wrong with it is found before anything is written. */
final class TrainingSetup implements AutoCloseable {
    private final RunSettings settings;
    private final Path policyDirectory;
    private final Path referenceDirectory;
    private final TrainingParts parts;
    private final OpenRewards rewards;
    private final PromptFile prompts;
    private final int processes;

    private TrainingSetup(
            RunSettings settings,
            Path policyDirectory,
            Path referenceDirectory,
            TrainingParts parts,
            OpenRewards rewards,
            PromptFile prompts) {
        this.processes = parts.peers().count();
        this.rewards = rewards;
        this.prompts = prompts;
        this.settings = settings;
        this.policyDirectory = policyDirectory;
        this.referenceDirectory = referenceDirectory;
        this.parts = parts;
    }

    /** For one process by itself. */
    static TrainingSetup open(RunSettings settings) {
        return open(settings, Team.alone());
    }

    /** Opens what is cheap to get wrong first; then joins the {@code team}. */
    static TrainingSetup open(RunSettings settings, Team team) {
        ModelSettings model = settings.model();
        Path policyDirectory = ModelNames.directory(model.policy());
        OpenRewards rewards = new OpenRewards(settings, policyDirectory);
        try {
            return open(settings, policyDirectory, rewards, team);
        } catch (RuntimeException e) {
            rewards.close();
            throw e;
        }
    }

    private static TrainingSetup open(RunSettings settings, Path policyDirectory, OpenRewards rewards, Team team) {
        PromptFile prompts = PromptFiles.read(settings.prompts());
        ModelSettings model = settings.model();
        Path referenceDirectory = ModelNames.directory(model.reference().orElse(model.policy()));
        TorchEngine.start(team.threads(settings.threads()), settings.model().device());
        Tokenizer tokenizer = LanguageModels.openTokenizer(policyDirectory);
        TorchPolicyModel policy = OpenPolicy.of(settings, policyDirectory);
        try {
            PromptSource source = new PromptSource(
                    prompts.tokenized(
                            PromptFiles.reader(prompts, settings.prompts(), policyDirectory, tokenizer),
                            policy.contextLength(),
                            settings.generation().maxNewTokens()),
                    PromptSource.Order.valueOf(settings.prompts().order().name()),
                    new Seeds(settings.seed()));
            Belt belt = belt(settings, policy, policyDirectory, referenceDirectory);
            TrainingParts parts = new TrainingParts(
                    policy, belt.reference(), rewards.rewards(), tokenizer, source, belt.probe(), belt.reAnchoring());
            TrainingParts divided = divided(parts, policy, List.of(policyDirectory, referenceDirectory), team);
            TrainingParts whole = settings.dpo()
                    .pairs()
                    .filter(any -> !settings.algorithm().learnsFromItsAnswers())
                    .map(file -> divided.with(
                            comparisons(Path.of(file), settings.prompts().chatTemplate(), policyDirectory, divided)))
                    .orElse(divided);
            return new TrainingSetup(settings, policyDirectory, referenceDirectory, whole, rewards, prompts);
        } catch (RuntimeException e) {
            policy.close();
            throw e;
        }
    }

    /** The same parts where nobody else is there; else joined with those of the other processes. */
    private static TrainingParts divided(TrainingParts parts, TorchPolicyModel policy, List<Path> models, Team team) {
        if (team.count() == 1) {
            return parts;
        }
        if (parts.reAnchoring().isPresent()) {
            throw new InputException(
                    "belt.re_anchor.how: must be never with more than one process: a reference that moves "
                            + "is not divided among them yet");
        }
        TensorPeers peers = team.join(Map.of(
                "model.policy", ModelFingerprint.of(models.get(0)),
                "model.reference", ModelFingerprint.of(models.get(1)),
                "prompts.source", parts.prompts().fingerprint()));
        policy.join(peers);
        return parts.dividedAmong(peers, policy);
    }

    private static Comparisons comparisons(Path file, Chat chat, Path policyDirectory, TrainingParts parts) {
        PreferenceFile read = PreferenceFile.read(file, StopReason.ENDED);
        AnswerReader answers = new AnswerReader(
                parts.tokenizer(),
                AnswerReader.Stops.of(
                        ModelDirectory.ofLanguageModel(policyDirectory).stopIds()),
                read.hasConversations() ? Optional.of(ChatFiles.choose(chat, policyDirectory)) : Optional.empty());
        PairReader reader = new PairReader(answers, parts.policy().contextLength());
        return new Comparisons(reader.read(read.rows()).pairs(), parts.reference());
    }

    /** The other end of the belt and what measures it. */
    record Belt(ReferenceModel reference, Optional<BeltProbe> probe, Optional<ReAnchoring> reAnchoring) {
        static Belt to(TorchPolicyModel policy, TorchReferenceModel frozen) {
            return new Belt(frozen, Optional.of(LanguageModels.openBeltProbe(policy, frozen)), Optional.empty());
        }
    }

    private static boolean isSame(Path policyDirectory, Path referenceDirectory) {
        try {
            return Files.isSameFile(policyDirectory, referenceDirectory);
        } catch (IOException e) {
            throw new InputException("cannot read " + referenceDirectory + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** The reference's end of the belt, opened. */
    static Belt belt(RunSettings settings, TorchPolicyModel policy, Path policyDirectory, Path referenceDirectory) {
        if (settings.lora().isOn() && isSame(policyDirectory, referenceDirectory)) {
            return Belt.to(policy, policy.withoutAdapter());
        }
        if (settings.belt().reAnchor().how() == ReAnchorSettings.How.NEVER) {
            return Belt.to(policy, LanguageModels.openReference(referenceDirectory, OpenPolicy.settings(settings)));
        }
        TorchMovingReference moving =
                LanguageModels.openMovingReference(referenceDirectory, OpenPolicy.settings(settings));
        ReferenceModel anchor = LanguageModels.openReference(referenceDirectory, OpenPolicy.settings(settings));
        return new Belt(
                moving,
                Optional.of(LanguageModels.openBeltProbe(policy, moving)),
                Optional.of(new ReAnchoring(moving, anchor)));
    }

    TrainingParts parts() {
        return parts;
    }

    RunSettings settings() {
        return settings;
    }

    /** What is worth saying of the prompts. */
    Optional<String> remark() {
        return prompts.remark();
    }

    RunIdentity identity() {
        return new RunIdentity(
                settings.lora()
                        .adapter()
                        .map(adapter -> ModelFingerprint.of(policyDirectory, Path.of(adapter)))
                        .orElseGet(() -> ModelFingerprint.of(policyDirectory)),
                ModelFingerprint.of(referenceDirectory),
                Version.number(),
                host());
    }

    private Map<String, String> host() {
        Map<String, String> host = new TreeMap<>();
        host.put("java", Runtime.version().toString());
        host.put("system", Version.platform());
        host.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        if (processes > 1) {
            host.put("processes", Integer.toString(processes));
        }
        return host;
    }

    @Override
    public void close() {
        parts.policy().close();
        parts.reference().close();
        parts.reAnchoring().ifPresent(ends -> ends.anchor().close());
        rewards.close();
    }
}
