/** Every type that crosses from Rust. Generated ones are re-exported, so the rest of the UI has one place to look. */
export type { Answer } from './bindings/Answer';
export type { Ask } from './bindings/Ask';
export type { AskKind } from './bindings/AskKind';
export type { AuthStatus } from './bindings/AuthStatus';
export type { Base } from './bindings/Base';
export type { Batch } from './bindings/Batch';
export type { ChangeKind } from './bindings/ChangeKind';
export type { ChangedFile } from './bindings/ChangedFile';
export type { Changes } from './bindings/Changes';
export type { CliStatus } from './bindings/CliStatus';
export type { ContextUse } from './bindings/ContextUse';
export type { Doing } from './bindings/Doing';
export type { Effort } from './bindings/Effort';
export type { Entry } from './bindings/Entry';
export type { Event } from './bindings/Event';
export type { FileDiff } from './bindings/FileDiff';
export type { Finding } from './bindings/Finding';
export type { FindingKind } from './bindings/FindingKind';
export type { Found } from './bindings/Found';
export type { Glance } from './bindings/Glance';
export type { Image } from './bindings/Image';
export type { Language } from './bindings/Language';
export type { LaunchPlan } from './bindings/LaunchPlan';
export type { LaunchSpec } from './bindings/LaunchSpec';
export type { ModelChoice } from './bindings/ModelChoice';
export type { Page } from './bindings/Page';
export type { Partial as PartialBlock } from './bindings/Partial';
export type { PermissionMode } from './bindings/PermissionMode';
export type { Problem } from './bindings/Problem';
export type { ProblemCode } from './bindings/ProblemCode';
export type { Question } from './bindings/Question';
export type { QueuedMessage } from './bindings/QueuedMessage';
export type { RecentRepository } from './bindings/RecentRepository';
export type { RemovalPlan } from './bindings/RemovalPlan';
export type { RemovalToken } from './bindings/RemovalToken';
export type { SessionId } from './bindings/SessionId';
export type { SessionSummary } from './bindings/SessionSummary';
export type { SessionView } from './bindings/SessionView';
export type { SetupChoice } from './bindings/SetupChoice';
export type { Settings } from './bindings/Settings';
export type { SlashCommand } from './bindings/SlashCommand';
export type { Snapshot } from './bindings/Snapshot';
export type { Theme } from './bindings/Theme';
export type { ToolResult } from './bindings/ToolResult';
export type { TrustReport } from './bindings/TrustReport';

import type { Base } from './bindings/Base';
import type { Entry } from './bindings/Entry';
export type EntryOf<Kind extends Entry['kind']> = Extract<Entry, { kind: Kind }>;

/** What a folder is, before anything is launched in it. */
export interface RepositoryInfo {
  name: string;
  /** The main work tree. */
  path: string;
  /** The branch that HEAD names; absent when it is detached. */
  head: string | null;
  bases: Base[];
}
