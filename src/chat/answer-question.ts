import type { AppDirectory } from '../apps/app-directory.ts';
import type { Clock } from '../kernel/clock.ts';
import { describeError, toAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import {
  type ChatImage,
  type ChatModel,
  ImagesUnsupportedError,
  ToolsUnsupportedError,
} from '../llm/chat-model.ts';
import { personalName, users } from '../model/accounts/user.ts';
import type { App } from '../model/apps/app.ts';
import type { ChatFile } from '../model/chat/chat-file.ts';
import type { Message } from '../model/chat/message.ts';
import { GLOBAL } from '../model/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { AgentQuestion } from './agent-run.ts';
import { ChatAgent } from './chat-agent.ts';
import { type ChatContext, type ChatHistory, toModelMessages } from './chat-history.ts';
import type { ChatId } from './chat-messages.ts';
import type { ChatScope, ScopeContents } from './chat-scope.ts';
import { type ChatFiles, MAX_FILES_PER_QUESTION } from './files/chat-files.ts';
import { answerFromFiles } from './files/file-answer.ts';
import { searchFiles } from './files/search-files.ts';
import {
  agentInstructions,
  type PageContext,
  type PromptContext,
  personaInstructions,
  plainInstructions,
} from './instructions.ts';
import { NO_MODEL } from './no-model.ts';
import { answerFromPassages } from './passage-answer.ts';
import {
  answerByRetrieval,
  answerSmallTalk,
  quotePassages,
  type RetrievalDeps,
} from './retrieval-answer.ts';
import { type ChatRoute, namesFiles, readQuestion, routeOf } from './routing.ts';
import { type EmotionOf, type HeardEmotion, toneFor } from './tone.ts';
import type { ChatTool } from './tools/chat-tool.ts';
import { ChatTurn, type TurnEvent } from './turn.ts';
import { WritePermission } from './write-permission.ts';
import { readRequests } from './write-requests.ts';

/** What a user asks. */
export interface ChatRequest {
  text: string;
  page: PageContext | null;
  /** What may be looked at for the answer; null: everything. */
  scope: ChatScope | null;
  /** Files that come with it. */
  fileIds: readonly string[];
  /** The words were spoken: nothing is cited. */
  isSpoken: boolean;
  /** False: the answer changes nothing, whatever the words ask for. */
  mayWrite: boolean;
}

/** A request that is stored as a message. */
export interface AskedQuestion extends ChatRequest {
  uid: string;
  chat: ChatId;
  message: Message;
  /** What may be looked at; null: everything. */
  within: ScopeContents | null;
  /** Aborted if the client has gone or the turn has taken too long. */
  stop: AbortSignal;
  /** Aborted if the client has gone. */
  gone: AbortSignal;
}

export interface AnswererOptions {
  store: DocumentStore;
  clock: Clock;
  logger: Logger;
  /** Null: answers are made by retrieval. */
  modelFor: (uid: string) => ChatModel | null;
  /** Null: images are not looked at. */
  visionModelFor: (uid: string) => ChatModel | null;
  history: ChatHistory;
  files: ChatFiles;
  apps: Pick<AppDirectory, 'find'>;
  emotionOf: EmotionOf | null;
  retrieval: RetrievalDeps;
  toolsFor: (uid: string) => Promise<readonly ChatTool[]>;
  defaultTimeZone: string;
}

/** How a question is answered, and with what. */
interface AnswerPlan {
  asked: AskedQuestion;
  route: ChatRoute;
  app: App | null;
  files: ChatFile[];
  context: ChatContext;
  emotion: HeardEmotion | null;
}

/** Chooses the way that a question goes, and answers it on that way. */
export class QuestionAnswerer {
  readonly #o: AnswererOptions;
  readonly #agent: ChatAgent;

  constructor(options: AnswererOptions) {
    this.#o = options;
    this.#agent = new ChatAgent({ logger: options.logger });
  }

  async warm(): Promise<void> {
    await this.#agent.warm();
  }

  /**
   * Loads what the question depends on, chooses its way, and says the answer into the turn that is returned; each
   * piece of it is told. Rejects if the client has gone.
   */
  async makeAnswer(
    asked: AskedQuestion,
    tell: (event: TurnEvent) => void,
  ): Promise<{ turn: ChatTurn; route: ChatRoute }> {
    const { turn, plan } = await this.#plan(asked, tell);
    const model = this.#o.modelFor(asked.uid);
    if (model) await this.#withModel(model, turn, plan);
    else await this.#withoutModel(turn, plan);
    turn.end();
    asked.gone.throwIfAborted();
    return { turn, route: plan.route };
  }

  async #plan(
    asked: AskedQuestion,
    tell: (event: TurnEvent) => void,
  ): Promise<{ turn: ChatTurn; plan: AnswerPlan }> {
    const { uid, chat, message } = asked;
    const { store, clock, defaultTimeZone, apps, files } = this.#o;
    const [user, context, app, chatFiles, emotion] = await Promise.all([
      store.find(users, GLOBAL, uid),
      this.#o.history.load(uid, chat, message, asked.stop),
      chat.appId === null ? null : apps.find(uid, chat.appId),
      files.listChat(uid, chat, MAX_FILES_PER_QUESTION),
      this.#emotion(uid, message.text),
    ]);
    const now = clock.now();
    const timeZone = user?.timeZone ?? defaultTimeZone;
    const read = readQuestion(message.text, context.recent, { now, timeZone });
    const before = context.recent.findLast(({ sender }) => sender === 'human') ?? null;
    const turn = new ChatTurn({
      uid,
      chat,
      now,
      timeZone,
      userName: personalName(user),
      message: message.text,
      earlier: context.recent.map(({ text }) => text),
      range: read.range,
      topic: read.topic,
      within: asked.within,
      isSpoken: asked.isSpoken,
      permission: asked.mayWrite
        ? new WritePermission(message.text, before?.text ?? null)
        : WritePermission.none(),
      signal: asked.stop,
      tell,
    });
    const route = routeOf({
      text: message.text,
      requiresContext: read.requiresContext,
      asksForWrite: readRequests(message.text).size > 0,
      isPersona: app?.capabilities.includes('persona') ?? false,
      hasNewFiles: message.fileIds.length > 0,
      fileNames: chatFiles.map(({ name }) => name),
      wasAboutFiles: before !== null && (before.fileIds.length > 0 || namesFiles(before.text)),
    });
    const plan = { asked, route, app: app ?? null, files: chatFiles, context, emotion };
    return { turn, plan };
  }

  /** Answers by the model; if it fails, says so and answers as far as that works without one. */
  async #withModel(model: ChatModel, turn: ChatTurn, plan: AnswerPlan): Promise<void> {
    try {
      await this.#askModel(model, turn, plan);
      if (turn.shown === '') turn.say('I have no answer to that.');
    } catch (error) {
      plan.asked.gone.throwIfAborted();
      const known = turn.signal.aborted ? 'it took too long' : toAppError(error).code;
      this.#o.logger.warn({ error: describeError(error) }, 'chat answered without the model');
      turn.breakParagraph();
      turn.say(`I encountered an error: the language model did not answer (${known}).`);
      if (plan.route === 'plain' || plan.route === 'persona' || turn.signal.aborted) return;
      turn.breakParagraph();
      if (plan.route === 'file') await answerFromFiles(this.#o.files, turn, plan.files);
      // If a tool has run already, what was asked for may be done.
      else if (turn.showedStatus) await quotePassages(this.#o.retrieval, turn);
      else await answerByRetrieval(this.#o.retrieval, turn);
    }
  }

  /** Asks the model with tools; a model without tools answers from passages that were found for it. */
  async #askModel(
    model: ChatModel,
    turn: ChatTurn,
    plan: AnswerPlan,
    maySee = true,
  ): Promise<void> {
    const { question, prompt } = await this.#question(model, turn, plan, maySee);
    try {
      await this.#agent.run(question);
    } catch (error) {
      if (maySee && error instanceof ImagesUnsupportedError) {
        await this.#askModel(model, turn, plan, false);
        return;
      }
      if (!(error instanceof ToolsUnsupportedError)) throw error;
      const reply = (other: AgentQuestion) => this.#agent.run(other);
      if (plan.route === 'file') await reply({ ...question, tools: [] });
      else await answerFromPassages({ retrieval: this.#o.retrieval, reply }, question, prompt);
    }
  }

  async #withoutModel(turn: ChatTurn, { route, app, files, emotion }: AnswerPlan): Promise<void> {
    if (route === 'persona') {
      turn.say(`${app?.name ?? 'This persona'} cannot answer. ${NO_MODEL}`);
      return;
    }
    const tone = toneFor(emotion);
    if (tone) {
      turn.say(tone.opening);
      turn.breakParagraph();
    }
    if (route === 'file') await answerFromFiles(this.#o.files, turn, files);
    else if (route === 'plain') answerSmallTalk(turn);
    else await answerByRetrieval(this.#o.retrieval, turn);
  }

  async #question(
    model: ChatModel,
    turn: ChatTurn,
    plan: AnswerPlan,
    maySee: boolean,
  ): Promise<{ question: AgentQuestion; prompt: PromptContext }> {
    const { asked, route, app, files, context } = plan;
    const history = toModelMessages(context.recent);
    const plain = { model, turn, history, tools: [], images: [] };
    const sees = route === 'file' && maySee ? this.#o.visionModelFor(turn.uid) : null;
    const images = sees ? await this.#images(files) : [];
    const passages = route === 'file' ? await searchFiles(this.#o.files, files, turn.topic) : null;
    for (const { text } of passages ?? []) turn.noteSource(null, text);
    const prompt: PromptContext = {
      page: asked.page,
      summary: context.summary,
      tone: toneFor(plan.emotion)?.instruction ?? null,
      app,
      files: route === 'plain' ? [] : files,
      passages,
      seesImages: images.length > 0,
    };
    if (route === 'persona' && app) {
      return { question: { ...plain, instructions: personaInstructions(app) }, prompt };
    }
    if (route === 'plain') {
      return { question: { ...plain, instructions: plainInstructions(turn, prompt) }, prompt };
    }
    if (route === 'file') turn.status('Searching files');
    const question = {
      model: images.length > 0 && sees ? sees : model,
      turn,
      history,
      instructions: agentInstructions(turn, prompt),
      images,
      // A model that sees is asked for one answer; it need not be one that calls tools.
      tools: images.length > 0 ? [] : await this.#tools(turn),
    };
    return { question, prompt };
  }

  /** The tools that may be called for a question: those that keep to its scope if it has one. */
  async #tools({ uid, within }: ChatTurn): Promise<readonly ChatTool[]> {
    const tools = await this.#o.toolsFor(uid);
    return within === null ? tools : tools.filter(({ keepsToScope }) => keepsToScope);
  }

  async #images(files: readonly ChatFile[]): Promise<ChatImage[]> {
    const images: ChatImage[] = [];
    for (const file of files.filter(({ kind }) => kind === 'image')) {
      const bytes = await this.#o.files.bytesOf(file);
      if (!bytes) continue;
      images.push({ mediaType: file.mimeType, base64: Buffer.from(bytes).toString('base64') });
    }
    return images;
  }

  async #emotion(uid: string, text: string): Promise<HeardEmotion | null> {
    try {
      return (await this.#o.emotionOf?.(uid, text)) ?? null;
    } catch (error) {
      // The tone is optional: on failure the answer is written without it.
      this.#o.logger.warn({ error: describeError(error) }, 'emotion detection failed');
      return null;
    }
  }
}
