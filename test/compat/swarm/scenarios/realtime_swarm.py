"""A swarm asks the person by voice."""

from autogen import AfterWork, AfterWorkOption, ConversableAgent, register_hand_off
from scenario import call_of, llm_config, record, talk_by_voice

NEEDS = ("openai.resources.realtime",)


def main(mode):
    worker = ConversableAgent(
        "worker",
        system_message="I am the worker.",
        human_input_mode="NEVER",
        llm_config=llm_config("What is your name?", "And your age?", name="worker"),
    )
    register_hand_off(worker, [AfterWork(AfterWorkOption.REVERT_TO_USER)])

    def prepare(agent):
        from autogen.agentchat.realtime.experimental import register_swarm

        register_swarm(
            realtime_agent=agent,
            initial_agent=worker,
            agents=[worker],
            system_message="Speak for the worker.",
            question_message="Ask: {}",
        )

    talk_by_voice(
        [call_of("answer_task_question", answer="Ada"), "Thanks.", "How old are you?"], prepare=prepare, heard=2
    )
    record(worker)
